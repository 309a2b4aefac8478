import { createHash } from 'node:crypto'
import type { Clock, ProbeAnswer, TaskEvents, TaskRuntime, TaskSpec } from './types.ts'

/** How a scripted task behaves. All times are milliseconds; every one has a default. */
export interface Behaviour {
  /** From the start of the task until its images are here, or are given up on. Default 1,000. */
  readonly pullMs?: number
  /** Its images cannot be had, for this reason. `true` gives ECS's words for a missing tag. */
  readonly pullFails?: true | string
  /** From the pull until the containers run. Default 1,000. */
  readonly startMs?: number
  /** It ends by itself after running this long. `code` (default 1) is what essential containers exit with. */
  readonly exits?: { readonly afterMs: number; readonly code?: number }
  /** From SIGTERM until it has ended. Default 1,000. */
  readonly stopMs?: number
  /** What it answers to a probe after running for `runningMs`. Default: 200. */
  readonly probe?: (runningMs: number, path: string) => ProbeAnswer | number
  /** Whether its containers pass their own health checks after running for `runningMs`. Default: yes. */
  readonly check?: (runningMs: number, container: string) => boolean
  /** Container name → the digest that its image resolves to now. Default: a hash of the reference. */
  readonly digests?: Readonly<Record<string, string>>
  /** Whether it tells digests at all after the pull. Default: it does. */
  readonly tellsDigests?: boolean
  readonly logs?: readonly string[]
}

export interface ScriptedOptions {
  readonly clock: Clock
  /** Asked once for each task, when it starts. */
  behave(task: TaskSpec): Behaviour
}

/** What a test can see of the tasks that were started. */
export interface ScriptedRuntime extends TaskRuntime {
  /** Every task ever started, in order. */
  started(): readonly TaskSpec[]
  /** Ends a running task as if its process had died. Does nothing to one that does not run. */
  kill(taskId: string, code: number): void
}

interface ScriptedTask {
  readonly spec: TaskSpec
  readonly events: TaskEvents
  readonly behaviour: Behaviour
  runningSince?: number
  ended: boolean
  cancel: () => void
}

/** Plays tasks from scripts on a clock: no process, no network, no time that passes by itself. */
export function scriptedRuntime(options: ScriptedOptions): ScriptedRuntime {
  const { clock } = options
  const tasks = new Map<string, ScriptedTask>()
  const started: TaskSpec[] = []
  let nextPort = 32_768

  function then(task: ScriptedTask, ms: number, step: () => void): void {
    task.cancel = clock.after(ms, () => {
      if (!task.ended) step()
    })
  }

  function end(task: ScriptedTask, code: number): void {
    if (task.ended) return
    task.ended = true
    task.cancel()
    task.events.stopped(Object.fromEntries(task.spec.containers.map(({ name }) => [name, code])))
  }

  function run(task: ScriptedTask): void {
    task.runningSince = clock.now()
    const ports: Record<number, number> = {}
    for (const { containerPort } of task.spec.containers.flatMap((c) => c.portMappings)) {
      ports[containerPort] = nextPort++
    }
    task.events.running(ports)
    const { exits } = task.behaviour
    if (exits !== undefined) then(task, exits.afterMs, () => end(task, exits.code ?? 1))
  }

  return {
    start(spec, events) {
      started.push(spec)
      const behaviour = options.behave(spec)
      const task: ScriptedTask = { spec, events, behaviour, ended: false, cancel: () => {} }
      tasks.set(spec.id, task)
      then(task, behaviour.pullMs ?? 1000, () => {
        if (behaviour.pullFails !== undefined) {
          task.ended = true
          events.failedToStart(reasonOf(behaviour.pullFails, spec))
          return
        }
        events.pulled(behaviour.tellsDigests === false ? {} : digestsOf(spec, behaviour))
        then(task, behaviour.startMs ?? 1000, () => run(task))
      })
    },
    stop(taskId) {
      const task = tasks.get(taskId)
      if (task === undefined || task.ended) return
      task.cancel()
      then(task, task.behaviour.stopMs ?? 1000, () => end(task, 143))
    },
    probe(taskId, _port, path) {
      const task = tasks.get(taskId)
      if (task?.runningSince === undefined || task.ended) {
        return Promise.resolve({ kind: 'refused', reason: 'connection refused' })
      }
      const answer = task.behaviour.probe?.(clock.now() - task.runningSince, path) ?? 200
      return Promise.resolve(
        typeof answer === 'number' ? { kind: 'status', status: answer } : answer,
      )
    },
    check(taskId, container) {
      const task = tasks.get(taskId)
      if (task?.runningSince === undefined || task.ended) return Promise.resolve(false)
      const ran = clock.now() - task.runningSince
      return Promise.resolve(task.behaviour.check?.(ran, container) ?? true)
    },
    logs(taskId, _container, lines) {
      return Promise.resolve((tasks.get(taskId)?.behaviour.logs ?? []).slice(-lines))
    },
    close() {
      for (const task of tasks.values()) {
        task.ended = true
        task.cancel()
      }
      return Promise.resolve()
    },
    started: () => started,
    kill(taskId, code) {
      const task = tasks.get(taskId)
      if (task?.runningSince !== undefined) end(task, code)
    },
  }
}

/** A digest for a reference: its own where it is pinned, else one that hangs on nothing but the text. */
function digestsOf(spec: TaskSpec, behaviour: Behaviour): Record<string, string> {
  return Object.fromEntries(
    spec.containers.map(({ name, image }) => [
      name,
      image.split('@')[1] ??
        behaviour.digests?.[name] ??
        `sha256:${createHash('sha256').update(image).digest('hex')}`,
    ]),
  )
}

function reasonOf(failure: true | string, spec: TaskSpec): string {
  if (failure !== true) return failure
  const image = spec.containers[0]?.image ?? ''
  return `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: not found`
}
