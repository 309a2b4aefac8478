import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clientsFor, type Clients } from '../../local/stack/seed.ts'
import { stackEnv } from '../../local/stack/environment-file.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { startWorker } from '../../local/stack/worker.ts'
import { startMoto, type Keys } from './moto.ts'

import { testDisposer } from '../test-disposer.ts'

/** Slipway on an emulator that checks the signature and the permissions of every call. */
export interface LockedStack {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

const region = 'us-east-1'

/** Keys in a profile of the worker: of a user who may call these operations, or bad ones. */
export type Profile = readonly string[] | 'unknown key' | 'wrong secret'

/**
 * Starts everything, the worker with each of these profiles.
 *
 * @param seed runs before the emulator is locked, with clients that may do everything, and the
 *   stack's folder
 */
export async function openLockedStack(
  profiles: Readonly<Record<string, Profile>>,
  seed: (aws: Clients, folder: string) => Promise<void>,
): Promise<LockedStack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-peers-'))
  const disposer = testDisposer()
  const close = disposer.dispose
  disposer.add('the folder', () => rm(folder, { recursive: true, force: true }))
  try {
    const logs = path.join(folder, 'logs')
    await mkdir(logs)
    const [moto, temporal] = await Promise.all([
      startMoto(logs).then((started) => {
        disposer.add('moto', started.stop)
        return started
      }),
      startTemporal({ logFile: path.join(logs, 'temporal.log') }).then((started) => {
        disposer.add('Temporal', started.stop)
        return started
      }),
    ])
    await seed(clientsFor(moto.url, region), folder)
    const keys: Record<string, Keys> = {}
    for (const [name, profile] of Object.entries(profiles)) {
      const user = await moto.addUser(name, typeof profile === 'string' ? ['*'] : profile)
      keys[name] = {
        accessKeyId: profile === 'unknown key' ? 'AKIAUNKNOWN' : user.accessKeyId,
        secretAccessKey: profile === 'wrong secret' ? 'wrong' : user.secretAccessKey,
      }
    }
    await moto.lock()
    const credentials = path.join(folder, 'credentials')
    await writeFile(credentials, credentialsFile(keys), { mode: 0o600 })
    const temporalConfig = path.join(folder, 'temporal.toml')
    await writeFile(temporalConfig, `[profile.default]\naddress = "${temporal.address}"\n`)
    const {
      AWS_ACCESS_KEY_ID: _,
      AWS_SECRET_ACCESS_KEY: __,
      ...env
    } = stackEnv({
      aws: moto.url,
      temporal: temporal.address,
      temporalConfig,
      region,
      // Nothing is built: the image is in the registry already.
      dockerHost: 'unix:///nowhere',
      dockerPath: 'docker',
    })
    env['AWS_SHARED_CREDENTIALS_FILE'] = credentials
    const worker = await startWorker({ env, logFile: path.join(logs, 'worker.log') })
    disposer.add('the worker', () => worker.stop(20_000))
    return { folder, env, close }
  } catch (error) {
    await close()
    throw error
  }
}

function credentialsFile(keys: Readonly<Record<string, Keys>>): string {
  return Object.entries(keys)
    .map(
      ([name, { accessKeyId, secretAccessKey }]) =>
        `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    )
    .join('\n')
}
