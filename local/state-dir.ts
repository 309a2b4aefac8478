import { homedir } from 'node:os'
import path from 'node:path'

/** Where `slipway local up` keeps its state: `$XDG_STATE_HOME`, else `~/.local/state`. */
export function usualStateDir(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state')
  return path.join(state, 'slipway', 'local')
}
