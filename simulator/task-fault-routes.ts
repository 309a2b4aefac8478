import type { ControlRoutes } from './http/control.ts'
import type { TaskFaults } from './runtime/task-faults.ts'

/** Adding, listing and lifting faults of tasks, for `/_simulator/`. */
export function taskFaultRoutes(faults: TaskFaults): ControlRoutes {
  return {
    'GET tasks': () => ({ faults: faults.list() }),
    'POST tasks': ({ body }) => faults.add(body),
    'DELETE tasks': ({ name }) => {
      const gone = faults.lift(name === '' ? undefined : name)
      if (name !== '' && gone === 0) throw new Error(`There is no fault ${name} of tasks.`)
      return { faults: faults.list() }
    },
  }
}
