import { defaultDockerHost } from './docker-address.ts'
import { containersOf, removeContainer } from './docker-container.ts'
import { connectDocker, type DockerEngine } from './docker-engine.ts'
import { probePort } from './docker-probe.ts'
import type { RegistryLogin } from './docker-pull.ts'
import { type DockerTask, runTask } from './docker-task.ts'
import type { TaskRuntime } from './types.ts'

export interface DockerRuntimeOptions {
  /** In the format of `DOCKER_HOST`. Default: that variable, else the machine's socket. */
  readonly dockerHost?: string
  /**
   * Name of this simulator among others on the same engine: the label `slipway.simulator` of every
   * container. Containers left behind by an earlier run under the same name are removed.
   */
  readonly instance: string
  /** Time between SIGTERM and SIGKILL. Default 5; ECS's own is 30. */
  readonly stopTimeoutSeconds?: number
  /** How many log lines of an ended container are kept. Default 200. */
  readonly keptLines?: number
  /** The login for a registry host; `undefined` if it needs none. */
  readonly loginFor?: (host: string) => RegistryLogin | undefined
}

/** How many ended tasks keep their logs. */
const keptTasks = 200

/**
 * Runs tasks as real containers on this machine's Docker engine. Their ports are published on
 * 127.0.0.1, on ports that the engine chooses.
 *
 * Fails if no engine answers.
 */
export async function dockerRuntime(options: DockerRuntimeOptions): Promise<TaskRuntime> {
  const engine = await connectDocker(options.dockerHost ?? defaultDockerHost(process.env))
  const { instance, stopTimeoutSeconds = 5, keptLines = 200 } = options
  const loginFor = options.loginFor ?? (() => undefined)
  const context = { engine, instance, stopTimeoutSeconds, keptLines, loginFor }
  const tasks = new Map<string, DockerTask>()
  const running = new Set<DockerTask>()
  await sweep(engine, instance)

  function forgetOldest(): void {
    for (const [id, task] of tasks) {
      if (tasks.size <= keptTasks) return
      if (!running.has(task)) tasks.delete(id)
    }
  }

  return {
    start(spec, events) {
      const task = runTask(context, spec, events)
      tasks.set(spec.id, task)
      running.add(task)
      const forget = (): void => {
        running.delete(task)
        forgetOldest()
      }
      task.done.then(forget, forget)
    },
    stop: (taskId) => tasks.get(taskId)?.stop(),
    async probe(taskId, port, path, timeoutMs) {
      const hostPort = tasks.get(taskId)?.ports()[port]
      if (hostPort === undefined)
        return { kind: 'refused', reason: `the task publishes no port ${port}` }
      return probePort(hostPort, path, timeoutMs)
    },
    check: async (taskId, container, command, timeoutMs) =>
      (await tasks.get(taskId)?.check(container, command, timeoutMs)) ?? false,
    logs: async (taskId, container, lines) =>
      (await tasks.get(taskId)?.logs(container, lines)) ?? [],
    async close() {
      await Promise.all([...running].map((task) => task.kill()))
      await Promise.all([...running].map((task) => task.done))
      await sweep(engine, instance).catch(() => undefined)
      engine.close()
    },
  }
}

/** Removes all containers of a simulator's instance, also after a crash. Returns how many. */
export async function removeSimulatedContainers(options: {
  readonly dockerHost?: string
  readonly instance: string
}): Promise<number> {
  const engine = await connectDocker(options.dockerHost ?? defaultDockerHost(process.env))
  try {
    return await sweep(engine, options.instance)
  } finally {
    engine.close()
  }
}

async function sweep(engine: DockerEngine, instance: string): Promise<number> {
  const ids = await containersOf(engine, instance)
  await Promise.all(ids.map((id) => removeContainer(engine, id)))
  return ids.length
}
