import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { dockerRuntime } from '../simulator/runtime/docker.ts'
import { startSimulator } from '../simulator/start.ts'
import { ensureBaseImage } from './base-image.ts'
import { createClosing, type Closing } from './closing.ts'
import { ensureEngine } from './engine.ts'
import { openFrontDoor } from './front-door.ts'
import { freePort } from './free-port.ts'
import { healthyTargets } from './healthy-targets.ts'
import { startRegistry } from './registry.ts'
import { forgetProcesses, listProcess } from './running-processes.ts'
import { say } from './say.ts'
import { clientsFor, seedHello } from './seed.ts'
import { shellExports, stackEnv, type StackAddresses } from './stack-env.ts'
import { startTemporal } from './temporal.ts'
import { startWorker } from './worker.ts'

const region = 'us-east-1'

/** Ports on 127.0.0.1. Where one is taken, a free one is used instead. */
export interface StackPorts {
  /** Default 7233. */
  readonly temporal: number
  /** Default 8233. */
  readonly temporalUi: number
  /** The stand-in for AWS. Default 4566. */
  readonly aws: number
  /** ECR's registry. Default 4567. */
  readonly ecr: number
  /** The example's API, as behind a load balancer. Default 8080. */
  readonly app: number
}

export const usualPorts: StackPorts = {
  temporal: 7233,
  temporalUi: 8233,
  aws: 4566,
  ecr: 4567,
  app: 8080,
}

export interface Stack extends StackAddresses {
  readonly temporalUi: string
  /** ECR's registry: `http://127.0.0.1:4567` */
  readonly registry: string
  /** The example's API: `http://127.0.0.1:8080` */
  readonly app: string
  readonly logs: string
  /** A file for a shell to `source`. */
  readonly envFile: string
  /** All that a program on this stack needs. */
  readonly env: Readonly<Record<string, string>>
  readonly workerPid: number
  readonly temporalPid: number
  /** Rejects when a part ends before it was told to. */
  readonly failed: Promise<never>
  /** Stops every part, the last one first. Again: the same promise. */
  readonly stop: () => Promise<void>
}

/**
 * Starts all that a release needs on one machine: a Docker engine if none runs, a Temporal dev
 * server, an OCI registry, the stand-in for AWS with the example's services in it, and a worker.
 * What was started is stopped again when a later part fails.
 *
 * @param options.stateDir keeps Temporal's state, the registry's images and the logs
 * @param options.signal stops the start half way
 */
export async function startStack(options: {
  stateDir: string
  ports?: Partial<StackPorts>
  signal?: AbortSignal
}): Promise<Stack> {
  const closing = createClosing(say)
  try {
    return await startParts(options, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function startParts(
  options: { stateDir: string; ports?: Partial<StackPorts>; signal?: AbortSignal },
  closing: Closing,
): Promise<Stack> {
  const { signal, ports = {} } = options
  const stateDir = path.resolve(options.stateDir)
  const logs = path.join(stateDir, 'logs')
  const port = (name: keyof StackPorts) => freePort(ports[name] ?? usualPorts[name])
  await mkdir(logs, { recursive: true })
  closing.add('the list of processes', async () => forgetProcesses(stateDir))
  listProcess(stateDir, 'slipway', process.pid)

  const [engine, temporal] = await together(
    (async () => {
      const found = await ensureEngine()
      closing.add('the Docker engine', found.stop)
      await ensureBaseImage(found)
      return found
    })(),
    (async () => {
      const server = await startTemporal({
        port: await port('temporal'),
        uiPort: await port('temporalUi'),
        databaseFile: path.join(stateDir, 'temporal.db'),
        logFile: path.join(logs, 'temporal.log'),
      })
      closing.add('Temporal', server.stop)
      listProcess(stateDir, 'temporal', server.pid)
      return server
    })(),
  )
  signal?.throwIfAborted()

  const registry = await startRegistry({ dataDir: path.join(stateDir, 'registry'), engine })
  closing.add('the registry', registry.stop)
  if (registry.pid !== undefined) listProcess(stateDir, 'registry', registry.pid)
  const simulator = await startSimulator({
    port: await port('aws'),
    gatePort: await port('ecr'),
    region,
    timings: 'fast',
    registry,
    runtime: ({ loginFor }) =>
      dockerRuntime({
        dockerHost: engine.dockerHost,
        instance: instanceOf(stateDir),
        loginFor,
      }),
  })
  closing.add('the stand-in for AWS', () => simulator.close())
  signal?.throwIfAborted()

  const addresses: StackAddresses = {
    temporal: temporal.address,
    temporalConfig: path.join(stateDir, 'temporal.toml'),
    aws: simulator.url,
    region,
    dockerHost: engine.dockerHost,
    dockerPath: engine.dockerPath,
  }
  await writeFile(addresses.temporalConfig, `[profile.default]\naddress = "${temporal.address}"\n`)
  const env = stackEnv(addresses)
  const clients = clientsFor(simulator.url, region)
  const [{ targetGroupArn }, worker] = await together(
    seedHello(clients, engine),
    (async () => {
      const child = await startWorker({ env, logFile: path.join(logs, 'worker.log') })
      closing.add('the worker', () => child.stop(20_000))
      listProcess(stateDir, 'worker', child.pid)
      return child
    })(),
  )
  signal?.throwIfAborted()
  const door = await openFrontDoor(await port('app'), () =>
    healthyTargets(clients.elb, targetGroupArn),
  )
  closing.add('the front door', door.stop)

  const envFile = path.join(stateDir, 'env')
  await writeFile(envFile, shellExports(addresses))
  const failed = Promise.race([temporal.failed, worker.failed])
  failed.catch(() => {})
  return {
    ...addresses,
    temporalUi: temporal.uiUrl,
    registry: simulator.gateUrl ?? registry.url,
    app: door.url,
    logs,
    envFile,
    env,
    temporalPid: temporal.pid,
    workerPid: worker.pid,
    failed,
    stop: closing.close,
  }
}

/** Names this stack among others on the same engine, also to the `down` that comes after it. */
export function instanceOf(stateDir: string): string {
  return createHash('sha256').update(path.resolve(stateDir)).digest('hex').slice(0, 12)
}

/** Both, or the first failure, but only once both have ended: what started must be stopped. */
async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}
