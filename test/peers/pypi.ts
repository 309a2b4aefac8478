import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { makeOnce } from '../../local/install/cache.ts'
import { findOnPath } from '../../local/install/find-on-path.ts'

/**
 * The folder of a project's Python packages, for `PYTHONPATH`: fetched from PyPI once, and kept in
 * the cache. The virtual environment only provides a pip that leaves the machine's Python alone.
 *
 * @param requirement as pip takes it, with its version: `moto[server]==5.2.5`
 */
export function pythonPackages(requirement: string): Promise<string> {
  const name = requirement.replaceAll(/\[\w+\]/g, '').replace('==', '-')
  return makeOnce(name, async (folder) => {
    const scratch = await mkdtemp(path.join(tmpdir(), 'slipway-pip-'))
    try {
      await execa(await python(), ['-m', 'venv', scratch], { stdin: 'ignore' })
      const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--target', folder]
      await execa(path.join(scratch, 'bin/python'), [...pip, requirement], { stdin: 'ignore' })
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  })
}

/** Path of the machine's Python. */
export async function python(): Promise<string> {
  const found = await findOnPath('python3')
  if (found === undefined)
    throw new Error('Found no python3 on the PATH, which the emulators run with: install Python 3.')
  return found
}
