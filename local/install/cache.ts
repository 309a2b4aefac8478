import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

/** Where downloads are kept: `$SLIPWAY_CACHE`, or `slipway` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['SLIPWAY_CACHE']) return path.resolve(env['SLIPWAY_CACHE'])
  return path.join(env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'slipway')
}

/**
 * A folder in the cache, made once: `make` fills a temporary folder, which is renamed only when it is
 * complete. Of two processes at once the first wins; one that dies leaves nothing that another would
 * take for complete.
 *
 * @param name what is in it and which version, for example `temporal-1.9.1`
 */
export async function makeOnce(
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const cache = cacheFolder()
  const place = path.join(cache, name)
  if (await exists(place)) return place
  await mkdir(cache, { recursive: true })
  const draft = await mkdtemp(path.join(cache, `.${name}-`))
  try {
    await make(draft)
    await rename(draft, place)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return place
}

export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}
