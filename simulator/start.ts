import { realClock } from './clock/index.ts'
import type { RegistryAddress } from './ecr/http-registry.ts'
import { openEcr } from './ecr/open.ts'
import { createEngine, ecsOperations, type Engine, type EngineOptions } from './ecs/index.ts'
import { elbOperations } from './elb/operations.ts'
import { deploymentRoutes } from './deployment-routes.ts'
import { engineRoutes } from './engine-routes.ts'
import { hookRoutes } from './hook-routes.ts'
import { createFaults, type Faults } from './http/faults.ts'
import { createEndpoint } from './http/endpoint.ts'
import { type Handler, listen } from './http/listen.ts'
import { createThrottle, type ThrottleKind } from './http/throttle.ts'
import { logsOperations } from './logs/operations.ts'
import { logStreams } from './logs/streams.ts'
import type { RegistryLogin } from './runtime/docker-pull.ts'
import { faultyRuntime } from './runtime/faulty.ts'
import { createTaskFaults, type TaskFaults } from './runtime/task-faults.ts'
import type { Clock, TaskRuntime } from './runtime/types.ts'
import { readStateFile, writeStateFile } from './state-file.ts'
import { describeState } from './describe-state.ts'
import { stsOperations } from './sts/operations.ts'
import { createSessions } from './sts/sessions.ts'
import { taskFaultRoutes } from './task-fault-routes.ts'

export interface SimulatorOptions {
  /** Default `127.0.0.1`. There is no authentication: other addresses are for closed networks. */
  readonly host?: string
  /** Port of the AWS endpoint. Default 0: any free one. */
  readonly port?: number
  /** Port of the registry proxy, to which images are pushed. Default 0: any free one. */
  readonly registryProxyPort?: number
  /** The OCI registry behind the proxy. Without one there is no proxy, and nothing to push to. */
  readonly registry?: RegistryAddress | undefined
  /** Runs the tasks. A function gets the login of the registry proxy to create the runtime with. */
  readonly runtime: TaskRuntime | ((context: RuntimeContext) => Promise<TaskRuntime>)
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Twelve digits. Default `000000000000`. */
  readonly account?: string
  /** Default `us-east-1`. */
  readonly region?: string
  /** How long ECS takes for what it does on its own. Default `aws`. */
  readonly timings?: EngineOptions['timings']
  /** `aws`: AWS's throttle buckets, on the simulator's clock. Default `off`. */
  readonly throttle?: ThrottleKind
  /** How long a registry token is valid, in milliseconds. Default: 12 hours. */
  readonly tokenLifetimeMs?: number
  /**
   * Saves clusters, services, revisions and repositories for the next run. The tasks of an earlier
   * run are lost; their services start new ones. Default: nothing is saved.
   */
  readonly stateFile?: string
}

export interface RuntimeContext {
  readonly loginFor: (registryHost: string) => RegistryLogin | undefined
}

export interface Simulator {
  /** The AWS endpoint, for `AWS_ENDPOINT_URL`. */
  readonly url: string
  /** Where images are pushed and pulled; `undefined` without a registry. */
  readonly registryProxyUrl: string | undefined
  readonly account: string
  readonly region: string
  readonly engine: Engine
  readonly faults: Faults
  readonly taskFaults: TaskFaults
  /** Stops all tasks and both servers. */
  close(): Promise<void>
}

/**
 * Starts the simulator: all AWS services on one address, and the registry proxy on another.
 *
 * Fails, with nothing left running, if a port is taken or the runtime cannot start.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, registryProxyPort = 0, clock = realClock() } = options
  const { account = '000000000000', region = 'us-east-1', runtime, timings = 'aws' } = options
  const now = (): number => clock.now()
  const faults = createFaults()
  const taskFaults = createTaskFaults()
  const sessions = createSessions(now)
  /** What to close, in order of opening. */
  const opened: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).toReversed()) await each()
  }

  try {
    const handler = Promise.withResolvers<Handler>()
    // Before the runtime, which removes the containers of an earlier simulator: if the port is
    // taken, that one is still running.
    const endpoint = await listen(async (...exchange) => (await handler.promise)(...exchange), {
      host,
      port,
      what: 'the AWS endpoint',
    })
    opened.push(() => endpoint.close())
    const { stateFile } = options
    const saved = stateFile === undefined ? undefined : await readStateFile(stateFile)
    const ecr = await openEcr({
      ...(saved && { saved: saved.ecr }),
      ...(options.registry && { registry: options.registry }),
      ...(options.tokenLifetimeMs !== undefined && { tokenLifetimeMs: options.tokenLifetimeMs }),
      host,
      registryProxyPort,
      account,
      region,
      clock,
      faults,
    })
    opened.push(() => ecr.close())
    const running =
      typeof runtime === 'function'
        ? await runtime({ loginFor: (registryHost) => ecr.loginFor(registryHost) })
        : runtime
    const engine = createEngine({
      clock,
      runtime: faultyRuntime(running, taskFaults, clock),
      account,
      region,
      timings,
      ...(saved && { state: saved.world }),
      resolveDigest: (image) => ecr.resolveDigest(image),
    })
    opened.push(() => engine.close())
    if (stateFile !== undefined) {
      const writer = writeStateFile(stateFile, () => ({
        format: 1,
        world: engine.state,
        ecr: ecr.snapshot(),
      }))
      // Closed before the engine: tasks that stop with it are not failures of their services.
      opened.push(() => writer.close())
    }
    handler.resolve(
      createEndpoint({
        clock,
        region,
        faults,
        throttle: createThrottle(options.throttle ?? 'off', clock),
        expiresAt: (accessKeyId) => sessions.find(accessKeyId)?.expiresAt,
        services: {
          ECS: ecsOperations(engine),
          ECR: ecr.operations,
          ELBv2: elbOperations(engine),
          STS: stsOperations({ account, now, sessions }),
          Logs: logsOperations({
            account,
            region,
            streams: () => logStreams(engine),
            read: ({ taskId, container }, lines) => engine.runtime.logs(taskId, container, lines),
          }),
        },
        control: {
          ...engineRoutes(engine),
          ...hookRoutes(engine),
          ...deploymentRoutes(engine),
          ...taskFaultRoutes(taskFaults),
        },
        state: () => ({
          account,
          region,
          registryProxy: ecr.registryProxyUrl,
          ...describeState(engine),
          taskFaults: taskFaults.list(),
        }),
      }),
    )
    const { url } = endpoint
    return {
      url,
      registryProxyUrl: ecr.registryProxyUrl,
      account,
      region,
      engine,
      faults,
      taskFaults,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
