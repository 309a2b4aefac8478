import { createHash } from 'node:crypto'
import path from 'node:path'
import { dockerRuntime } from '../../simulator/runtime/docker.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { ensureBaseImage } from '../engine/base-image.ts'
import type { Disposer } from './disposer.ts'
import { ensureEngine, type LocalEngine } from '../engine/engine.ts'
import { startRegistry } from './registry.ts'
import { removeImages } from '../engine/remove-images.ts'
import { listProcess } from '../process/running-processes.ts'
import type { StackPorts } from './ports.ts'
import { startTemporal, type TemporalServer } from './temporal.ts'
import { together } from '../process/together.ts'

export const region = 'us-east-1'

/** What the worker and the example need. */
export interface Servers {
  readonly engine: LocalEngine
  readonly temporal: TemporalServer
  readonly simulator: Simulator
  /** ECR's registry: `http://127.0.0.1:4567` */
  readonly registryUrl: string
}

/** Starts the servers. Each is added to the disposer as soon as it runs. */
export async function startServers(options: {
  stateDir: string
  logs: string
  ports: StackPorts
  throwAway: boolean
  disposer: Disposer
  signal: AbortSignal | undefined
}): Promise<Servers> {
  const { stateDir, logs, ports, throwAway, disposer, signal } = options
  const [engine, temporal] = await together(prepareEngine(disposer), serveTemporal())
  signal?.throwIfAborted()

  if (throwAway) {
    const host = `127.0.0.1:${ports.ecr}`
    disposer.add('the images on the engine', () => removeImages(engine, host))
  }
  const registry = await startRegistry({ dataDir: path.join(stateDir, 'registry'), engine })
  disposer.add('the registry', registry.stop)
  if (registry.pid !== undefined) listProcess(stateDir, 'registry', registry.pid)
  const simulator = await startSimulator({
    port: ports.aws,
    registryProxyPort: ports.ecr,
    region,
    timings: 'fast',
    stateFile: path.join(stateDir, 'aws.json'),
    registry,
    runtime: ({ loginFor }) =>
      dockerRuntime({ dockerHost: engine.dockerHost, instance: instanceOf(stateDir), loginFor }),
  })
  disposer.add('the simulated AWS', () => simulator.close())
  return { engine, temporal, simulator, registryUrl: simulator.registryProxyUrl ?? registry.url }

  async function serveTemporal(): Promise<TemporalServer> {
    const server = await startTemporal({
      port: ports.temporal,
      uiPort: ports.temporalUi,
      databaseFile: path.join(stateDir, 'temporal.db'),
      logFile: path.join(logs, 'temporal.log'),
    })
    disposer.add('Temporal', server.stop)
    listProcess(stateDir, 'temporal', server.pid)
    return server
  }
}

async function prepareEngine(disposer: Disposer): Promise<LocalEngine> {
  const engine = await ensureEngine()
  disposer.add('the Docker engine', engine.stop)
  await ensureBaseImage(engine)
  return engine
}

/** Identifies a stack among others on the same engine, also for a later `down`. */
export function instanceOf(stateDir: string): string {
  return createHash('sha256').update(path.resolve(stateDir)).digest('hex').slice(0, 12)
}
