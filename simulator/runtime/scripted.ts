import { createHash } from 'node:crypto'
import type { Clock, ProbeAnswer, TaskEvents, TaskRuntime, TaskSpec } from './types.ts'

/** How a scripted task behaves. All times are milliseconds; every one has a default. */
export interface Behaviour {
  /** From the start of the task until its images are pulled or the pull fails. Default 1,000. */
  readonly pullMs?: number
  /** The pull fails for this reason. `true`: with ECS's message for a missing tag. */
  readonly pullFails?: true | string
  /** From the pull until the containers run. Default 1,000. */
  readonly startMs?: number
  /**
   * It ends on its own after running this long. `code` (default 1) is its containers' exit code.
   */
  readonly exits?: { readonly afterMs: number; readonly code?: number }
  /** From SIGTERM until it ends. Default 1,000. */
  readonly stopMs?: number
  /** Its answer to a probe after running for `runningMs`. Default: 200. */
  readonly probe?: (runningMs: number, path: string) => ProbeAnswer | number
  /**
   * Whether its containers pass their own health checks after running for `runningMs`. Default:
   * yes.
   */
  readonly check?: (runningMs: number, container: string) => boolean
  /** Container name → the current digest of its image. Default: a hash of the reference. */
  readonly digests?: Readonly<Record<string, string>>
  /**
   * Digest of an index → digest of the manifest in it that the task pulls, and reports. Default: it
   * reports that of the index.
   */
  readonly manifests?: Readonly<Record<string, string>>
  /** Whether it reports digests after the pull. Default: true. */
  readonly tellsDigests?: boolean
  readonly logs?: readonly string[]
}

export interface ScriptedOptions {
  readonly clock: Clock
  /** Called once for each task, when it starts. */
  behave(task: TaskSpec): Behaviour
}

/** A runtime that lets a test see and end the tasks that were started. */
export interface ScriptedRuntime extends TaskRuntime {
  /** Every task ever started, in order. */
  started(): readonly TaskSpec[]
  /** Ends a running task as if its process had died. Does nothing if it is not running. */
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

/** Simulates tasks on a clock, without processes, network or real time. */
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

/** A digest for each reference: its own if it is pinned, else one that depends only on the text. */
function digestsOf(spec: TaskSpec, behaviour: Behaviour): Record<string, string> {
  return Object.fromEntries(
    spec.containers.map(({ name, image }) => {
      const digest =
        image.split('@')[1] ??
        behaviour.digests?.[name] ??
        `sha256:${createHash('sha256').update(image).digest('hex')}`
      return [name, behaviour.manifests?.[digest] ?? digest]
    }),
  )
}

function reasonOf(failure: true | string, spec: TaskSpec): string {
  if (failure !== true) return failure
  const image = spec.containers[0]?.image ?? ''
  return `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: not found`
}
