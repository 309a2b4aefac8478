import { type Engine, interruptTasks, setAlarm, setCapacity } from './ecs/index.ts'
import type { ControlRoutes } from './http/control.ts'

/** Events outside ECS's API, for `/_simulator/`: alarms, lost capacity, Spot interruptions. */
export function engineRoutes(engine: Engine): ControlRoutes {
  return {
    'PUT alarms': ({ name, body }) => {
      const { state } = (body ?? {}) as { state?: unknown }
      if (name === '' || (state !== 'OK' && state !== 'ALARM'))
        throw new Error(
          'Set an alarm with PUT alarms/<name> and {"state": "ALARM"} or {"state": "OK"}. DELETE alarms sets all to OK.',
        )
      setAlarm(engine, name, state)
      return { alarms: engine.state.alarms }
    },
    'DELETE alarms': ({ name }) => {
      const names = name === '' ? Object.keys(engine.state.alarms) : [name]
      for (const each of names) setAlarm(engine, each, 'OK')
      return { alarms: engine.state.alarms }
    },
    'PUT capacity': ({ body }) => {
      const { outOf } = (body ?? {}) as { outOf?: unknown }
      if (typeof outOf !== 'string' || outOf === '')
        throw new Error(
          'Remove all capacity with PUT capacity and {"outOf": "<reason>"}. DELETE capacity restores it.',
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
          'Interrupt tasks of an existing service with POST interruptions and {"service": "<name>", "count": 1}.',
        )
      return { tasks: interruptTasks(engine, found, count) }
    },
  }
}
