import { readdir, rm, rmdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

/** Where `slipway local up` keeps its state: `$XDG_STATE_HOME`, else `~/.local/state`. */
export function usualStateDir(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state')
  return path.join(state, 'slipway', 'local')
}

/** All that a stack writes into its state folder; SQLite adds endings of its own. */
const entries =
  /^(bin|logs|hello|registry|env|temporal\.toml|(aws|ports|processes)\.json(\.new)?|temporal\.db(-\w+)?)$/

/**
 * Removes the files of a stack, and the folder if nothing else is in it: a folder given by mistake keeps
 * its own files. Returns whether there was anything.
 */
export async function removeState(stateDir: string): Promise<boolean> {
  const found = await readdir(stateDir).catch((): string[] => [])
  const own = found.filter((name) => entries.test(name))
  for (const name of own) await rm(path.join(stateDir, name), { recursive: true, force: true })
  if (own.length > 0 && own.length === found.length) await rmdir(stateDir)
  return own.length > 0
}
