import { randomUUID } from 'node:crypto'
import { readTaskFault, type TaskFault, type TaskFaultKind } from './task-fault.ts'
import type { TaskSpec } from './types.ts'

/** A fault, and how many tasks it has hit so far. */
export type ListedTaskFault = TaskFault & { readonly hit: number }

export interface TaskFaults {
  /** Throws if the fault is invalid, with a message for the person who requested it. */
  add(request: unknown): TaskFault
  /**
   * The first fault of this kind that hits this task, if any. A task that was hit once stays hit.
   */
  hitting(kind: TaskFaultKind, task: TaskSpec): TaskFault | undefined
  list(): readonly ListedTaskFault[]
  /** Lifts all faults, or one. Returns how many were lifted. */
  lift(id?: string): number
  /** Calls back when a fault is lifted. Returns a function that removes the callback. */
  whenLifted(id: string, callback: () => void): () => void
}

interface ActiveFault {
  readonly fault: TaskFault
  readonly tasks: Set<string>
  readonly callbacks: Set<() => void>
}

export function createTaskFaults(): TaskFaults {
  const active = new Map<string, ActiveFault>()
  return {
    add(request) {
      const fault: TaskFault = { id: randomUUID(), ...readTaskFault(request) }
      active.set(fault.id, { fault, tasks: new Set(), callbacks: new Set() })
      return fault
    },
    hitting(kind, task) {
      const found = [...active.values()].find(
        (each) => each.fault.kind === kind && isAbout(each.fault, task) && hasRoom(each, task),
      )
      found?.tasks.add(task.id)
      return found?.fault
    },
    list: () => [...active.values()].map(({ fault, tasks }) => ({ ...fault, hit: tasks.size })),
    lift(id) {
      const gone = [...active.values()].filter(({ fault }) => id === undefined || fault.id === id)
      for (const { fault, callbacks } of gone) {
        active.delete(fault.id)
        for (const callback of callbacks) callback()
      }
      return gone.length
    },
    whenLifted(id, callback) {
      const callbacks = active.get(id)?.callbacks
      callbacks?.add(callback)
      return () => void callbacks?.delete(callback)
    },
  }
}

function isAbout({ service, taskDefinition }: TaskFault, task: TaskSpec): boolean {
  if (service !== undefined && service !== task.service) return false
  if (taskDefinition === undefined) return true
  const [family] = task.taskDefinition.split(':')
  return taskDefinition === task.taskDefinition || taskDefinition === family
}

function hasRoom({ fault, tasks }: ActiveFault, task: TaskSpec): boolean {
  return fault.count === 'forever' || tasks.has(task.id) || tasks.size < fault.count
}
