import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Child } from '../process/child.ts'
import { placeCommand } from '../command.ts'
import { createDisposer, type Disposer } from './disposer.ts'
import { startServers, region } from './servers.ts'
import { startLoadBalancer } from './load-balancer.ts'
import { healthyTargets } from './healthy-targets.ts'
import { forgetProcesses, listProcess } from '../process/running-processes.ts'
import { reportProgress } from '../report-progress.ts'
import { clientsFor, seedHello } from './seed.ts'
import { shellExports, stackEnv, type StackAddresses } from './environment-file.ts'
import { choosePorts, type StackPorts } from './ports.ts'
import { findPrograms, type SlipwayPrograms } from '../programs.ts'
import { together } from '../process/together.ts'
import { startWorker } from './worker.ts'

export interface Stack extends StackAddresses {
  readonly temporalUi: string
  /** ECR's registry: `http://127.0.0.1:4567` */
  readonly registry: string
  /** The example's API: `http://127.0.0.1:8080` */
  readonly app: string
  readonly logs: string
  /** A file for a shell to `source`. */
  readonly envFile: string
  /** The environment variables for a program on this stack. */
  readonly env: Readonly<Record<string, string>>
  readonly temporalPid: number
  readonly workerPid: number
  /** Rejects when a part ends unexpectedly. */
  readonly failed: Promise<never>
  /** Stops every part, the last one first. Again: the same promise. */
  readonly stop: () => Promise<void>
}

export interface StackOptions {
  /**
   * Keeps Temporal's state, the registry's images, the state of the simulated AWS, and the logs. The next
   * stack in this folder continues from there.
   */
  readonly stateDir: string
  readonly ports?: Partial<StackPorts>
  /**
   * No later stack will use the folder: leaves no images on the engine, and no clones in the user's
   * cache.
   */
  readonly throwAway?: boolean
  /** Stops the start half way. */
  readonly signal?: AbortSignal
  /** The worker to start and the command for a shell. Default: see {@link findPrograms}. */
  readonly programs?: SlipwayPrograms
}

/**
 * Starts everything that a release needs on one machine: a Docker engine if none runs, a Temporal dev
 * server, an OCI registry, the simulated AWS with the example's services in it, and a worker. If a part
 * fails, those that have started are stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const disposer = createDisposer(reportProgress)
  try {
    return await startParts(options, disposer)
  } catch (error) {
    await disposer.dispose()
    throw error
  }
}

async function startParts(options: StackOptions, disposer: Disposer): Promise<Stack> {
  const { signal, throwAway = false, programs = findPrograms() } = options
  const stateDir = path.resolve(options.stateDir)
  const logs = path.join(stateDir, 'logs')
  await mkdir(logs, { recursive: true })
  const ports = await choosePorts(stateDir, options.ports ?? {})
  disposer.add('the list of processes', async () => forgetProcesses(stateDir))
  listProcess(stateDir, 'slipway', process.pid)

  const servers = await startServers({ stateDir, logs, ports, throwAway, disposer, signal })
  signal?.throwIfAborted()
  const { engine, temporal, simulator, registryUrl } = servers
  const addresses: StackAddresses = {
    temporal: temporal.address,
    temporalConfig: path.join(stateDir, 'temporal.toml'),
    aws: simulator.url,
    region,
    dockerHost: engine.dockerHost,
    dockerPath: engine.dockerPath,
  }
  const envFile = path.join(stateDir, 'env')
  await writeFile(addresses.temporalConfig, `[profile.default]\naddress = "${temporal.address}"\n`)
  await writeFile(envFile, shellExports(addresses, await placeCommand(stateDir, programs.slipway)))

  const env = {
    ...stackEnv(addresses),
    ...(throwAway && { SLIPWAY_CACHE: path.join(stateDir, 'cache') }),
  }
  const clients = clientsFor(simulator.url, region)
  const [{ targetGroupArn }, worker] = await together(
    seedHello(clients, engine),
    serve(stateDir, logs, { env, mainFile: programs.worker }, disposer),
  )
  signal?.throwIfAborted()
  const loadBalancer = await startLoadBalancer(ports.app, () =>
    healthyTargets(clients.elb, targetGroupArn),
  )
  disposer.add('the load balancer', loadBalancer.stop)

  const failed = Promise.race([temporal.failed, worker.failed])
  // A caller that waits on it sees the failure; without one it must not end the process.
  failed.catch(() => {})
  return {
    ...addresses,
    temporalUi: temporal.uiUrl,
    registry: registryUrl,
    app: loadBalancer.url,
    logs,
    envFile,
    env,
    temporalPid: temporal.pid,
    workerPid: worker.pid,
    failed,
    stop: disposer.dispose,
  }
}

async function serve(
  stateDir: string,
  logs: string,
  program: { readonly env: Readonly<Record<string, string>>; readonly mainFile: string },
  disposer: Disposer,
): Promise<Child> {
  const worker = await startWorker({ ...program, logFile: path.join(logs, 'worker.log') })
  disposer.add('the worker', () => worker.stop(20_000))
  listProcess(stateDir, 'worker', worker.pid)
  return worker
}
