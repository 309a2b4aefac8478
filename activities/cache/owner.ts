import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { constants, existsSync, openSync, readFileSync, unlinkSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * What a builder puts into its cache for a while belongs to a process, and is left behind once that
 * process has ended, however it ended. Several processes may share a cache.
 *
 * A process shows that it lives by a named pipe in the cache, which it holds open for reading: the
 * kernel closes it with the process, and to open it for writing then fails as ENXIO (open(2), fifo(7)).
 * A process id would not do: ids are reused, and mean nothing in another container.
 *
 * A pipe connects only processes of one kernel. On a shared file system, processes of another machine
 * live as long as they keep touching their pipes; so do all where the file system has no pipes.
 */
const touchMs = 10_000
const deadAfterMs = 60_000

/** What starts with this is not an owner yet. */
const draft = 'new-'

/** In the place of a machine's name, where there are no pipes. */
const noMachine = '0'.repeat(12)

/** The owner that this process is, by cache. */
const own = new Map<string, Promise<string>>()

/** The name of this process as an owner in a cache. */
export async function ownerIn(cacheDir: string): Promise<string> {
  const known = own.get(cacheDir)
  const name = await known?.catch(() => undefined)
  // All of a cache may be deleted.
  if (name !== undefined && existsSync(pipeOf(cacheDir, name))) return name
  // Of several callers at once, the first makes the new one.
  const latest = own.get(cacheDir)
  const made = latest === undefined || latest === known ? becomeOwner(cacheDir) : latest
  own.set(cacheDir, made)
  return await made
}

async function becomeOwner(cacheDir: string): Promise<string> {
  await mkdir(join(cacheDir, 'owners'), { recursive: true, mode: 0o700 })
  const id = randomUUID()
  const unfinished = pipeOf(cacheDir, `${draft}${id}`)
  const name = `${(await openPipe(unfinished)) ? machine() : noMachine}-${id}`
  const path = pipeOf(cacheDir, name)
  await rename(unfinished, path)
  setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, touchMs).unref()
  process.once('exit', () => {
    if (existsSync(path)) unlinkSync(path)
  })
  return name
}

/** Holds a new pipe open, or makes a plain file where that is not possible. */
async function openPipe(path: string): Promise<boolean> {
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', path])
  } catch {
    await writeFile(path, '', { mode: 0o600 })
    return false
  }
  // Never closed. Programs that this process starts do not inherit it: Node opens with O_CLOEXEC.
  openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return true
}

/** Whether a process that may own something in this cache lives. In doubt it does. */
export async function isAlive(cacheDir: string, owner: string): Promise<boolean> {
  const path = pipeOf(cacheDir, owner)
  if (!owner.startsWith(`${machine()}-`)) {
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }))
    return Date.now() - mtimeMs < deadAfterMs
  }
  try {
    const pipe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK)
    await pipe.close()
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code !== 'ENXIO' && code !== 'ENOENT'
  }
}

/** The owner in a text that may name one: `<owner>.<anything>`. */
export function ownerOf(text: string): string | undefined {
  return /^[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=$|\.)/.exec(text)?.[0]
}

/** Removes the pipes of processes that have ended. */
export async function removeDeadOwners(cacheDir: string): Promise<void> {
  for (const name of await readdir(join(cacheDir, 'owners')).catch(() => [])) {
    const path = pipeOf(cacheDir, name)
    if (name.startsWith(draft)) {
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
      if (Date.now() - mtimeMs < deadAfterMs) continue
    } else if (await isAlive(cacheDir, name)) {
      continue
    }
    await rm(path, { force: true })
  }
}

function pipeOf(cacheDir: string, owner: string): string {
  return join(cacheDir, 'owners', owner)
}

/** Names the running kernel, the same in all of its containers; elsewhere than on Linux the host. */
function machine(): string {
  const boot = '/proc/sys/kernel/random/boot_id'
  const name = existsSync(boot) ? readFileSync(boot, 'utf8').trim() : hostname()
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}
