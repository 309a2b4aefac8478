import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { SourceRef } from '../../contract/activity-types.ts'
import { until } from '../../local/process/until.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** What `builder-process.ts` does in a cache, and then waits for ever. */
export type Deed = 'check out' | 'log in' | 'write the configuration of the clone'

/** A builder that runs until it is killed. */
export interface KillableBuilder {
  /** The process that does the work: that of a filter in an endless checkout, else the builder. */
  readonly pid: number
  readonly kill: () => Promise<void>
}

/** Starts builders as processes of their own, each of which is waited for until it is where it stays. */
export function builders() {
  const folder = temporaryFolder()
  const started: KillableBuilder[] = []
  const start = async (what: Deed, cache: string, source: SourceRef): Promise<KillableBuilder> => {
    const reached = join(folder, `reached-${started.length}-${Date.now()}`)
    const program = join(import.meta.dirname, 'builder-process.ts')
    const args = [program, what, cache, reached, JSON.stringify(source)]
    const child = execa('node', args, { env: endlessFilter(reached), reject: false })
    const running: KillableBuilder = {
      get pid() {
        return Number(pid) || (child.pid ?? 0)
      },
      async kill() {
        child.kill('SIGKILL')
        await child
      },
    }
    started.push(running)
    let pid = ''
    await until(async () => existsSync(reached), { what, timeoutMs: 60_000 })
    pid = await readFile(reached, 'utf8')
    return running
  }
  const killAll = async () => {
    await Promise.all(started.map((one) => one.kill()))
  }
  return { start, killAll }
}

/**
 * git's configuration for a checkout that never ends, where a file has the filter "slow". The process
 * of the filter writes its id into a file.
 */
export const endlessFilter = (pidFile: string) => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'filter.slow.smudge',
  GIT_CONFIG_VALUE_0: `echo $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile} && sleep 600`,
})

/** The names in a folder of a cache, which may not be there. */
export async function contentOf(cache: string, name: string): Promise<readonly string[]> {
  return await readdir(join(cache, name)).catch(() => [])
}
