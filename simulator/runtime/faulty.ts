import type { TaskFault } from './task-fault.ts'
import type { TaskFaults } from './task-faults.ts'
import type { Clock, ProbeAnswer, TaskEvents, TaskRuntime, TaskSpec } from './types.ts'

interface FaultedTask {
  readonly spec: TaskSpec
  runningSince?: number
  /** Cancels what is scheduled: a delayed start or a crash. */
  cancel: () => void
  /** Set while its start is delayed. Such a task runs nowhere yet, so it stops at once. */
  held?: TaskEvents
  /** Set once a fault has ended it: the exit code of its containers. */
  crashed?: number
}

/**
 * Wraps a runtime with faults, for real containers and scripted tasks alike: tasks start late, end
 * early, or have their health checks answered for them.
 */
export function faultyRuntime(inner: TaskRuntime, faults: TaskFaults, clock: Clock): TaskRuntime {
  const tasks = new Map<string, FaultedTask>()

  /** Calls `due` after `ms`, or `lifted` as soon as the fault is lifted before that. */
  function later(task: FaultedTask, fault: TaskFault, ms: number, does: Later): void {
    const forget = faults.whenLifted(fault.id, () => {
      task.cancel()
      does.lifted()
    })
    const cancel = clock.after(ms, () => {
      task.cancel()
      does.due()
    })
    task.cancel = () => {
      forget()
      cancel()
      task.cancel = () => {}
    }
  }

  function begin(task: FaultedTask, events: TaskEvents): void {
    delete task.held
    inner.start(task.spec, {
      pulled: (digests) => events.pulled(digests),
      failedToStart(reason) {
        tasks.delete(task.spec.id)
        events.failedToStart(reason)
      },
      running(ports) {
        task.runningSince = clock.now()
        events.running(ports)
        const fault = faults.hitting('crash loop', task.spec)
        if (fault !== undefined)
          later(task, fault, fault.afterMs, { due: () => crash(task, fault), lifted: () => {} })
      },
      stopped(exitCodes) {
        task.cancel()
        tasks.delete(task.spec.id)
        events.stopped(
          task.crashed === undefined ? exitCodes : exitCodesOf(task.spec, task.crashed),
        )
      },
    })
  }

  function crash(task: FaultedTask, fault: TaskFault): void {
    task.crashed = fault.exitCode
    inner.stop(task.spec.id)
  }

  return {
    start(spec, events) {
      const task: FaultedTask = { spec, cancel: () => {} }
      tasks.set(spec.id, task)
      const fault = faults.hitting('slow start', spec)
      if (fault === undefined) return begin(task, events)
      task.held = events
      const start = (): void => begin(task, events)
      later(task, fault, fault.delayMs, { due: start, lifted: start })
    },
    stop(taskId) {
      const task = tasks.get(taskId)
      task?.cancel()
      if (task?.held === undefined) return inner.stop(taskId)
      const { held } = task
      tasks.delete(taskId)
      clock.after(0, () => held.stopped({}))
    },
    async probe(taskId, port, path, timeoutMs) {
      const answer = answerOf(tasks.get(taskId), faults, clock)
      return answer ?? (await inner.probe(taskId, port, path, timeoutMs))
    },
    async check(taskId, ...asked) {
      const answer = answerOf(tasks.get(taskId), faults, clock)
      return answer === undefined && (await inner.check(taskId, ...asked))
    },
    logs: (taskId, container, lines) => inner.logs(taskId, container, lines),
    async close() {
      for (const task of tasks.values()) task.cancel()
      tasks.clear()
      await inner.close()
    },
  }
}

interface Later {
  readonly due: () => void
  readonly lifted: () => void
}

function answerOf(
  task: FaultedTask | undefined,
  faults: TaskFaults,
  clock: Clock,
): ProbeAnswer | undefined {
  if (task?.runningSince === undefined) return undefined
  const fault = faults.hitting('failing health', task.spec)
  if (fault === undefined) return undefined
  const failingFor = clock.now() - task.runningSince - fault.afterMs
  if (failingFor < 0 || failingFor >= (fault.forMs ?? Infinity)) return undefined
  if (fault.answer === 'timeout') return { kind: 'timeout' }
  if (fault.answer === 'refused') return { kind: 'refused', reason: 'connection refused' }
  return { kind: 'status', status: fault.answer }
}

function exitCodesOf({ containers }: TaskSpec, code: number): Record<string, number> {
  return Object.fromEntries(containers.map(({ name }) => [name, code]))
}
