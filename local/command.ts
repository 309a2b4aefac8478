import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { shellWord } from './process/shell-word.ts'

/**
 * Puts a `slipway` command, run by this very Node, into a folder of its own for a PATH. Returns
 * the folder.
 *
 * @param main the command's main module
 */
export async function placeCommand(stateDir: string, main: string): Promise<string> {
  const folder = path.join(stateDir, 'bin')
  const script = `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(main)} "$@"\n`
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'slipway'), script, { mode: 0o755 })
  return folder
}
