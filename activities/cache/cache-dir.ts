import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where a builder keeps its clones and worktrees: `SLIPWAY_CACHE`, else `slipway` in
 * `XDG_CACHE_HOME`, else `~/.cache/slipway`. All of it may be deleted while no builder runs.
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const { SLIPWAY_CACHE: own, XDG_CACHE_HOME: xdg } = env
  if (own !== undefined && own !== '') return resolve(own)
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'slipway')
}

/** A safe and unique file name for any text, with a readable part of it. */
export function fileNameFor(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const readable = text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(-40)
    .replace(/^-+|-+$/g, '')
  return readable === '' ? hash : `${readable}-${hash}`
}

/** Whether a file or folder has not changed for some time. One that is gone has not. */
export async function isOlderThan(path: string, ageMs: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }))
  return Date.now() - mtimeMs >= ageMs
}
