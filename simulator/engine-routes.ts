import { type Engine, interruptTasks, setAlarm, setCapacity } from './ecs/index.ts'
import type { ControlRoutes } from './http/control.ts'

/** What happens around ECS and that no call of its clients brings about, for `/_simulator/`. */
export function engineRoutes(engine: Engine): ControlRoutes {
  return {
    'PUT alarms': ({ name, body }) => {
      const { state } = (body ?? {}) as { state?: unknown }
      if (name === '' || (state !== 'OK' && state !== 'ALARM'))
        throw new Error(
          'An alarm is set with PUT alarms/<name> and {"state": "ALARM"} or {"state": "OK"}; DELETE alarms silences all.',
        )
      setAlarm(engine, name, state)
      return { alarms: engine.state.alarms }
    },
    'DELETE alarms': ({ name }) => {
      const silenced = name === '' ? Object.keys(engine.state.alarms) : [name]
      for (const each of silenced) setAlarm(engine, each, 'OK')
      return { alarms: engine.state.alarms }
    },
    'PUT capacity': ({ body }) => {
      const { outOf } = (body ?? {}) as { outOf?: unknown }
      if (typeof outOf !== 'string' || outOf === '')
        throw new Error(
          'Capacity runs out with {"outOf": "<reason>"}; DELETE capacity brings it back.',
        )
      setCapacity(engine, outOf)
      return { outOf }
    },
    'DELETE capacity': () => {
      setCapacity(engine, undefined)
      return {}
    },
    'POST interruptions': ({ body }) => {
      const { service, count = 1 } = (body ?? {}) as { service?: unknown; count?: unknown }
      const found = Object.values(engine.state.services).find(({ name }) => name === service)
      if (found === undefined || typeof count !== 'number' || !(count >= 1))
        throw new Error(
          'Tasks are interrupted with {"service": "<name>", "count": 1}, of a service that is there.',
        )
      return { tasks: interruptTasks(engine, found, count) }
    },
  }
}
