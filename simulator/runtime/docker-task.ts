import { setTimeout as sleep } from 'node:timers/promises'
import { succeedsIn } from './docker-exec.ts'
import { createContainer, publishedPorts, removeContainer } from './docker-container.ts'
import { DockerError, type DockerEngine } from './docker-engine.ts'
import { readLogs } from './docker-logs.ts'
import { pullImage, type PulledImage, type RegistryLogin } from './docker-pull.ts'
import type { ContainerSpec, TaskEvents, TaskSpec } from './types.ts'

export interface TaskContext {
  readonly engine: DockerEngine
  readonly instance: string
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number
  /** How many log lines of an ended container are kept. */
  readonly keptLines: number
  readonly loginFor: (host: string) => RegistryLogin | undefined
}

export interface DockerTask {
  /** Container port → port on 127.0.0.1; empty until it runs. */
  ports(): Readonly<Record<number, number>>
  logs(container: string, lines: number): Promise<string[]>
  /** Whether a command in a container exits with 0 within `timeoutMs`. */
  check(container: string, command: readonly string[], timeoutMs: number): Promise<boolean>
  /** SIGTERM, and SIGKILL after the stop timeout. */
  stop(): void
  /** SIGKILL at once. */
  kill(): Promise<void>
  /** Resolves when the task has ended and its containers are removed. Never rejects. */
  readonly done: Promise<void>
}

/** Runs one task from its pull to its end. */
export function runTask(context: TaskContext, spec: TaskSpec, events: TaskEvents): DockerTask {
  const { engine, stopTimeoutSeconds } = context
  /** Container name → Docker's id. */
  const ids = new Map<string, string>()
  const kept = new Map<string, string[]>()
  let ports: Record<number, number> = {}
  const stopping = new AbortController()

  const stopAll = (): void => {
    stopping.abort()
    for (const id of ids.values())
      engine
        .call('POST', `/containers/${id}/stop`, { query: { t: String(stopTimeoutSeconds) } })
        // The container or the engine may be gone: `waitForEnd` handles both.
        .catch(() => undefined)
  }

  async function live(): Promise<void> {
    const images = await pullAll(context, spec, stopping.signal)
    stopping.signal.throwIfAborted()
    events.pulled(Object.fromEntries([...images].map(([name, { digest }]) => [name, digest])))
    // The first container publishes the ports and must run as long as the task.
    const [first, ...others] = spec.containers.toSorted(
      (a, b) => Number(b.essential) - Number(a.essential),
    )
    if (first === undefined) throw new Error('The task definition has no containers.')
    await launch(first)
    const network = ids.get(first.name)
    for (const container of others) await launch(container, network)
    if (network !== undefined) ports = await publishedPorts(engine, network)
    events.running(ports)
    if (stopping.signal.aborted) stopAll()
    const ends = spec.containers.map(async (container) => {
      const code = await waitForEnd(engine, ids.get(container.name) ?? '')
      // As in ECS, the task ends with its first essential container.
      if (container.essential && !stopping.signal.aborted) stopAll()
      return [container.name, code] as const
    })
    const exitCodes = Object.fromEntries(await Promise.all(ends))
    await keepLogs()
    events.stopped(exitCodes)

    async function launch(container: ContainerSpec, shared?: string): Promise<void> {
      stopping.signal.throwIfAborted()
      const reference = images.get(container.name)?.reference ?? container.image
      const placement = { instance: context.instance, task: spec, container, reference }
      const id = await inStage('CannotCreateContainerError', () =>
        createContainer(engine, { ...placement, ...(shared && { network: shared }) }),
      )
      ids.set(container.name, id)
      await inStage('CannotStartContainerError', () =>
        engine.call('POST', `/containers/${id}/start`),
      )
    }
  }

  async function keepLogs(): Promise<void> {
    for (const [name, id] of ids)
      kept.set(name, await readLogs(engine, id, context.keptLines).catch(() => []))
  }

  async function removeAll(): Promise<void> {
    for (const id of ids.values()) await removeContainer(engine, id).catch(() => undefined)
    ports = {}
  }

  const done = live()
    .catch(async (error: unknown) => {
      await keepLogs()
      if (stopping.signal.aborted) events.stopped({})
      else events.failedToStart(error instanceof Error ? error.message : String(error))
    })
    .catch((error: unknown) => console.error(`simulator: ending task ${spec.id} failed:`, error))
    .then(removeAll)

  return {
    done,
    ports: () => ports,
    stop: stopAll,
    async kill() {
      stopping.abort()
      await removeAll()
    },
    async check(container, command, timeoutMs) {
      const id = ids.get(container)
      return id !== undefined && (await succeedsIn(engine, id, command, timeoutMs))
    },
    async logs(container, lines) {
      const ended = kept.get(container)
      const id = ids.get(container)
      if (ended !== undefined) return lines > 0 ? ended.slice(-lines) : []
      return id === undefined ? [] : readLogs(engine, id, lines).catch(() => [])
    },
  }
}

async function pullAll(
  context: TaskContext,
  spec: TaskSpec,
  signal: AbortSignal,
): Promise<Map<string, PulledImage>> {
  const pulls = spec.containers.map(
    async ({ name, image }) =>
      [name, await pullImage(context.engine, image, context.loginFor, signal)] as const,
  )
  return new Map(await Promise.all(pulls))
}

async function inStage<T>(code: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${code}: Error response from daemon: ${message}`, { cause: error })
  }
}

/** Returns the exit code. For a container that was removed it is 137, the code of SIGKILL. */
async function waitForEnd(engine: DockerEngine, id: string): Promise<number> {
  for (;;) {
    try {
      const answer = await engine.call('POST', `/containers/${id}/wait`)
      return (JSON.parse(answer.toString()) as { StatusCode: number }).StatusCode
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return 137
      // The engine may be restarting, with its containers still running.
      await sleep(1000, undefined, { ref: false })
    }
  }
}
