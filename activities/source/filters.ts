import { existsSync } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { failure } from '../temporal/failures.ts'
import { succeeded } from '../process/run.ts'
import { git, gitOutput, type GitOptions } from './git.ts'

/**
 * A pointer has fewer than 1024 bytes, of which these are the first
 * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md); the second name is of an early version.
 */
const maxPointerBytes = 1_024
const pointerStart = /^version https:\/\/(git-lfs|hawser)\.github\.com\/spec\/v1\r?\n/

/**
 * Checks that git had what it needs to check out the files that pass through a filter
 * (gitattributes(5), "filter"), in submodules as well. Git is silent about a filter that is not
 * configured: it leaves the file as it is stored, which is a pointer for Git LFS, and encrypted for
 * git-crypt.
 *
 * Fails as `PreconditionFailed` with one such file and what the builder lacks.
 */
export async function requireFilters(path: string, about: About): Promise<void> {
  for (const tree of [path, ...(await submodules(path, about))]) {
    const at = { cwd: tree, remote: about.remote }
    const files = await filteredFiles(at)
    if (files.length === 0) continue
    const settings = await filterSettings(at)
    for (const { filter, name } of files) {
      const file = join(tree, name)
      const subject = `"${relative(path, file)}" of commit ${about.commit}`
      if (filter === 'lfs') {
        if (await isPointer(file)) throw pointerFailure(subject, await missingForLfs(at, settings))
      } else if (!['smudge', 'process', 'clean'].some((key) => settings.has(keyOf(filter, key)))) {
        throw filterFailure(subject, filter)
      }
    }
  }
}

interface About extends Pick<GitOptions, 'remote'> {
  readonly commit: string
}

/** Absolute paths of the submodules that are checked out, at any depth. */
async function submodules(path: string, { remote }: About): Promise<readonly string[]> {
  if (!existsSync(join(path, '.gitmodules'))) return []
  const command = 'printf "%s\\0" "$toplevel/$sm_path"'
  const listed = await gitOutput(['submodule', '--quiet', 'foreach', '--recursive', command], {
    cwd: path,
    remote,
    wholeOutput: true,
  })
  return listed.split('\0').filter((one) => one !== '')
}

/** The files of a tree that a filter is set for, with the name of that filter. */
async function filteredFiles(at: GitOptions) {
  const whole = { ...at, wholeOutput: true }
  const anyFilter = [':(exclude,attr:!filter)', ':(exclude,attr:-filter)']
  const names = await gitOutput(['ls-files', '-z', '--', ...anyFilter], whole)
  if (names === '') return []
  const attributes = await gitOutput(['check-attr', '-z', '--stdin', 'filter'], {
    ...whole,
    input: names,
  })
  const fields = attributes.split('\0')
  const files: { readonly name: string; readonly filter: string }[] = []
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [name = '', , filter = ''] = fields.slice(index, index + 3)
    // `filter` without a name selects no driver.
    if (filter !== 'set') files.push({ name, filter })
  }
  return files
}

const keyOf = (filter: string, key: string) => `filter.${filter}.${key}`

/** The names of the settings of all filters that git has here. */
async function filterSettings(at: GitOptions): Promise<ReadonlySet<string>> {
  const listed = await git(
    ['config', '-z', '--name-only', '--get-regexp', String.raw`^filter\.`],
    at,
  )
  return new Set(listed.stdout.split('\0'))
}

/** Whether a file is still a pointer. One that is absent, as in a sparse checkout, is not. */
async function isPointer(file: string): Promise<boolean> {
  const stats = await lstat(file).catch(() => undefined)
  if (stats === undefined || !stats.isFile() || stats.size > maxPointerBytes) return false
  return pointerStart.test(await readFile(file, 'latin1'))
}

/** What the builder lacks, and how to get it. */
async function missingForLfs(at: GitOptions, settings: ReadonlySet<string>): Promise<string> {
  if (!succeeded(await git(['lfs', 'version'], at))) {
    return 'The builder has no git-lfs. Install it there ("apt-get install git-lfs", then "git lfs install" as the builder\'s user), and try again.'
  }
  if (!settings.has(keyOf('lfs', 'smudge')) && !settings.has(keyOf('lfs', 'process'))) {
    return 'git-lfs is installed on the builder, but not set up for its user. Run "git lfs install" there as that user, and try again.'
  }
  return 'git-lfs is set up on the builder, but was told to leave the file out. Unset GIT_LFS_SKIP_SMUDGE in the worker\'s environment, run "git lfs install --force" there, or set "git config --global lfs.fetchexclude \'\'" if .lfsconfig excludes it, and try again.'
}

function pointerFailure(subject: string, missing: string) {
  return failure(
    'PreconditionFailed',
    `${subject} is stored in Git LFS, and the checkout has its pointer instead of the file, which would go into the image. ${missing}`,
  )
}

function filterFailure(subject: string, filter: string) {
  return failure(
    'PreconditionFailed',
    `${subject} passes through the filter "${filter}" (.gitattributes), which is not configured on the builder: the image would contain the file as git stores it. Configure the filter for the builder's user with: git config --global filter.${filter}.smudge '<command>' ("cat" if the stored file is right), and try again.`,
  )
}
