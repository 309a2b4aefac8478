import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { cacheFolder } from '../install/cache.ts'
import { startChild } from '../process/child.ts'
import { findOnPath } from '../install/find-on-path.ts'
import { isAlive, startOf } from '../process/process.ts'
import { reportProgress } from '../report-progress.ts'
import { until } from '../process/until.ts'

/**
 * A dockerd of Slipway's own, apart from the machine's: its images are in the cache, and only root can
 * reach its socket. Each user of it has a file in `users`, named after its process. The last user stops
 * it; the next user reuses or stops what a killed one left behind. One process may be several users.
 */
export interface OwnEngine {
  readonly dockerHost: string
  readonly stop: () => Promise<void>
}

/** Paths. The socket is in /run, since the path of a socket may have at most 107 bytes. */
function places() {
  const data = path.join(cacheFolder(), 'engine')
  const id = createHash('sha256').update(data).digest('hex').slice(0, 8)
  const run = `/run/slipway-engine-${id}`
  return {
    data,
    run,
    socket: path.join(run, 'docker.sock'),
    pidFile: path.join(run, 'dockerd.pid'),
    users: path.join(run, 'users'),
    logFile: path.join(data, 'dockerd.log'),
  }
}

/** Starts it, or joins the one that runs. Needs root, dockerd and about 2 s. */
export async function startOwnEngine(): Promise<OwnEngine> {
  const { run, socket, users } = places()
  await mkdir(run, { recursive: true, mode: 0o700 })
  await mkdir(users, { recursive: true })
  const user = path.join(users, `${nameOf(process.pid)}-${randomUUID().slice(0, 8)}`)
  await writeFile(user, '')
  if (!(await answers(socket))) {
    reportProgress('starting a Docker engine of its own, as none is running')
    await launch([]).catch((error: Error) => {
      // A machine that is itself a container often may not touch the firewall.
      if (!/iptables/i.test(error.message)) throw error
      return launch(['--iptables=false'])
    })
  }
  return { dockerHost: `unix://${socket}`, stop: () => leave(user) }
}

/** Its address, if it runs. */
export async function ownEngineHost(): Promise<string | undefined> {
  const { socket } = places()
  return (await answers(socket)) ? `unix://${socket}` : undefined
}

/** Stops it unless a running process uses it. Returns whether it did. */
export async function stopUnusedEngine(): Promise<boolean> {
  const { users, pidFile } = places()
  const left = await readdir(users).catch((): string[] => [])
  if (left.some(isStillThere)) return false
  await rm(users, { recursive: true, force: true })
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  if (!(pid > 0) || !isAlive(pid)) return false
  process.kill(pid, 'SIGTERM')
  await until(async () => !isAlive(pid), { what: 'dockerd to stop', timeoutMs: 30_000 })
  return true
}

async function launch(extra: readonly string[]): Promise<void> {
  const { data, run, socket, pidFile, logFile } = places()
  const file = await findOnPath('dockerd', ['/usr/sbin', '/usr/local/bin'])
  if (file === undefined) throw new Error('found no dockerd on the PATH')
  await mkdir(data, { recursive: true })
  const configFile = path.join(data, 'daemon.json')
  // The machine's own configuration may name hosts, which dockerd refuses next to --host.
  await writeFile(configFile, '{}\n')
  await rm(logFile, { force: true })
  const child = await startChild({
    name: 'dockerd',
    file,
    args: [
      `--config-file=${configFile}`,
      `--data-root=${path.join(data, 'data')}`,
      `--exec-root=${path.join(run, 'exec')}`,
      `--host=unix://${socket}`,
      `--pidfile=${pidFile}`,
      '--log-level=warn',
      ...extra,
    ],
    logFile,
    outlives: true,
  })
  const failed = child.failed.catch(async (error: unknown): Promise<never> => {
    // If another process was faster, this dockerd exits at once, and the other one answers.
    if (/pid file found|still running/.test(String(error))) return new Promise<never>(() => {})
    throw error
  })
  await until(() => answers(socket), { what: 'dockerd to answer', timeoutMs: 60_000, failed })
}

/** `<pid>-<start>`: the id alone may belong to another process by now. */
function nameOf(pid: number): string {
  return `${pid}-${startOf(pid) ?? ''}`
}

function isStillThere(user: string): boolean {
  const [pid, started] = user.split('-')
  return isAlive(Number(pid)) && (started || undefined) === startOf(Number(pid))
}

async function leave(user: string): Promise<void> {
  await rm(user, { force: true })
  await stopUnusedEngine()
}

/** Whether an engine answers `/_ping` on a socket within 2 s. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.once('timeout', () => ping.destroy())
    ping.once('error', () => resolve(false))
    ping.end()
  })
}
