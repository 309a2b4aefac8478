import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { ensureBaseImage } from '../../local/engine/base-image.ts'
import { ensureEngine, type LocalEngine } from '../../local/engine/engine.ts'
import { clientsFor, type Clients } from '../../local/stack/seed.ts'
import { stackEnv } from '../../local/stack/environment-file.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { startWorker } from '../../local/stack/worker.ts'
import { startMinistack, type Ministack } from './ministack.ts'

import { testDisposer } from '../test-disposer.ts'

/** All that Slipway needs, with an emulator by another project in place of AWS. */
export interface PeerStack {
  readonly engine: LocalEngine
  readonly ministack: Ministack
  readonly aws: Clients
  readonly folder: string
  /** The variables with which a program finds all of it. */
  readonly env: Readonly<Record<string, string>>
  readonly docker: (...args: readonly string[]) => Promise<string>
  readonly close: () => Promise<void>
}

const region = 'us-east-1'

/** Starts everything, the worker in its own process. If a part fails, the others are stopped. */
export async function openPeerStack(): Promise<PeerStack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-peers-'))
  const disposer = testDisposer()
  const close = disposer.dispose
  disposer.add('the folder', () => rm(folder, { recursive: true, force: true }))
  try {
    const logs = path.join(folder, 'logs')
    await mkdir(logs)
    const engine = await ensureEngine()
    disposer.add('the engine', engine.stop)
    await ensureBaseImage(engine)
    const ministack = await startMinistack({ engine, folder: logs })
    disposer.add('ministack', ministack.stop)
    const temporal = await startTemporal({ logFile: path.join(logs, 'temporal.log') })
    disposer.add('Temporal', temporal.stop)
    const temporalConfig = path.join(folder, 'temporal.toml')
    await writeFile(temporalConfig, `[profile.default]\naddress = "${temporal.address}"\n`)
    const { dockerHost, dockerPath } = engine
    const addresses = { aws: ministack.url, temporal: temporal.address, temporalConfig, region }
    const env = stackEnv({ ...addresses, dockerHost, dockerPath })
    const worker = await startWorker({ env, logFile: path.join(logs, 'worker.log') })
    disposer.add('the worker', () => worker.stop(20_000))
    return {
      engine,
      ministack,
      aws: clientsFor(ministack.url, region),
      folder,
      env,
      docker: async (...args) =>
        (await execa(dockerPath, args, { env: { DOCKER_HOST: dockerHost }, stdin: 'ignore' }))
          .stdout,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
