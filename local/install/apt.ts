import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { findOnPath } from './find-on-path.ts'
import { reportProgress } from '../report-progress.ts'

/** Whether this is Debian, Ubuntu or a derivative. */
export async function hasApt(): Promise<boolean> {
  return (
    process.platform === 'linux' &&
    (await findOnPath('apt-get', sbin)) !== undefined &&
    (await findOnPath('dpkg-deb', sbin)) !== undefined
  )
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * Unpacks a package of the distribution into a folder, without installing it: nothing on the
 * machine changes, no service starts, and it takes no root where the package lists are there.
 */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  reportProgress(`fetching the package ${name} from the distribution, for Slipway's own cache`)
  const scratch = await mkdtemp(path.join(tmpdir(), 'slipway-apt-'))
  try {
    await withFreshLists(() => execa('apt-get', ['download', name], { ...quietly, cwd: scratch }))
    const file = (await readdir(scratch)).find((one) => one.endsWith('.deb'))
    if (file === undefined) throw new Error(`apt-get download ${name} left no .deb file`)
    await execa('dpkg-deb', ['-x', path.join(scratch, file), folder], quietly)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * Installs packages, and those of `ifThere` that this release of the distribution has.
 *
 * @throws where apt-get fails, with its last lines
 */
export async function installPackages(
  names: readonly string[],
  ifThere: readonly string[] = [],
): Promise<void> {
  await withFreshLists(async () => {
    await execa('apt-get', ['install', '--dry-run', ...names], quietly)
  })
  const all = [...names]
  for (const name of ifThere) {
    const found = await execa('apt-get', ['install', '--dry-run', name], {
      ...quietly,
      reject: false,
    })
    if (found.exitCode === 0) all.push(name)
  }
  reportProgress(`installing ${all.join(', ')} with apt-get`)
  await execa('apt-get', ['install', '--yes', '--no-install-recommends', ...all], quietly)
}

const sbin = ['/usr/bin', '/usr/sbin', '/sbin']

const quietly = {
  env: { DEBIAN_FRONTEND: 'noninteractive' },
  stdin: 'ignore',
  all: true,
} as const

/** If a command fails because package lists are missing, updates them and tries again. */
async function withFreshLists(attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt()
  } catch (error) {
    if (!isRoot()) throw error
    reportProgress('updating the package lists (apt-get update)')
    await execa('apt-get', ['update'], quietly)
    await attempt()
  }
}
