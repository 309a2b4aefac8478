import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { shellWord } from './process/shell-word.ts'

/**
 * Puts a `slipway` command in a folder of its own, for a PATH: this very program, run by this very
 * Node, whether it is a checkout or an installed package. Gives the folder.
 */
export async function placeCommand(stateDir: string): Promise<string> {
  const folder = path.join(stateDir, 'bin')
  const suffix = path.extname(import.meta.filename)
  const main = fileURLToPath(new URL(`../cli/main${suffix}`, import.meta.url))
  const script = `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(main)} "$@"\n`
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'slipway'), script, { mode: 0o755 })
  return folder
}
