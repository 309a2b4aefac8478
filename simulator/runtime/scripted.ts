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

interface Play {
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
  const plays = new Map<string, Play>()
  const started: TaskSpec[] = []
  let nextPort = 32_768

  function then(play: Play, ms: number, step: () => void): void {
    play.cancel = clock.after(ms, () => {
      if (!play.ended) step()
    })
  }

  function end(play: Play, code: number): void {
    if (play.ended) return
    play.ended = true
    play.cancel()
    play.events.stopped(Object.fromEntries(play.spec.containers.map(({ name }) => [name, code])))
  }

  function run(play: Play): void {
    play.runningSince = clock.now()
    const ports: Record<number, number> = {}
    for (const { containerPort } of play.spec.containers.flatMap((c) => c.portMappings)) {
      ports[containerPort] = nextPort++
    }
    play.events.running(ports)
    const { exits } = play.behaviour
    if (exits !== undefined) then(play, exits.afterMs, () => end(play, exits.code ?? 1))
  }

  return {
    start(spec, events) {
      started.push(spec)
      const behaviour = options.behave(spec)
      const play: Play = { spec, events, behaviour, ended: false, cancel: () => {} }
      plays.set(spec.id, play)
      then(play, behaviour.pullMs ?? 1000, () => {
        if (behaviour.pullFails !== undefined) {
          play.ended = true
          events.failedToStart(reasonOf(behaviour.pullFails, spec))
          return
        }
        events.pulled(behaviour.tellsDigests === false ? {} : digestsOf(spec, behaviour))
        then(play, behaviour.startMs ?? 1000, () => run(play))
      })
    },
    stop(taskId) {
      const play = plays.get(taskId)
      if (play === undefined || play.ended) return
      play.cancel()
      then(play, play.behaviour.stopMs ?? 1000, () => end(play, 143))
    },
    probe(taskId, _port, path) {
      const play = plays.get(taskId)
      if (play?.runningSince === undefined || play.ended) {
        return Promise.resolve({ kind: 'refused', reason: 'connection refused' })
      }
      const answer = play.behaviour.probe?.(clock.now() - play.runningSince, path) ?? 200
      return Promise.resolve(
        typeof answer === 'number' ? { kind: 'status', status: answer } : answer,
      )
    },
    check(taskId, container) {
      const play = plays.get(taskId)
      if (play?.runningSince === undefined || play.ended) return Promise.resolve(false)
      const ran = clock.now() - play.runningSince
      return Promise.resolve(play.behaviour.check?.(ran, container) ?? true)
    },
    logs(taskId, _container, lines) {
      return Promise.resolve((plays.get(taskId)?.behaviour.logs ?? []).slice(-lines))
    },
    close() {
      for (const play of plays.values()) {
        play.ended = true
        play.cancel()
      }
      return Promise.resolve()
    },
    started: () => started,
    kill(taskId, code) {
      const play = plays.get(taskId)
      if (play?.runningSince !== undefined) end(play, code)
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
