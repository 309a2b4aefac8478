import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
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

/**
 * Removes the entries of a cache folder that have not changed for `ageMs`: whatever made them has
 * died. Returns their names.
 */
export async function removeStale(folder: string, ageMs: number): Promise<readonly string[]> {
  const removed: string[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs < ageMs) continue
    await rm(path, { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}
