import { createHash } from 'node:crypto'
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

/** A name for a file that stands for a text of any kind, and says a little of it to people. */
export function fileNameFor(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const readable = text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .slice(-40)
    .replace(/^-+|-+$/g, '')
  return readable === '' ? hash : `${readable}-${hash}`
}
