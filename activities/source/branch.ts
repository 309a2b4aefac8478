import { mkdir } from 'node:fs/promises'
import { failure } from '../temporal/failures.ts'
import { succeeded } from '../process/run.ts'
import { git, gitOutput, remoteOf } from './git.ts'
import { mirrorCommit, rejectTransport, unreadable } from './mirror.ts'
import { plainSubject } from './checkout.ts'
import type { BranchHead } from '../../contract/activity-types.ts'

/**
 * Asks the repository for the newest commit of a branch, or of its default branch, and fetches it.
 * The name is compared literally: git itself would treat `*` in it as a pattern.
 *
 * Fails as `PreconditionFailed` if the repository cannot be read or has no such branch.
 */
export async function findBranch(
  cacheDir: string,
  { repository, branch }: { readonly repository: string; readonly branch?: string },
): Promise<BranchHead> {
  rejectTransport(repository)
  const remote = remoteOf(repository)
  await mkdir(cacheDir, { recursive: true, mode: 0o700 })
  const ref = branch === undefined ? 'HEAD' : `refs/heads/${branch}`
  if (ref.includes('\0')) {
    throw failure(
      'PreconditionFailed',
      `The branch name ${JSON.stringify(branch)} contains a NUL byte. Pass an existing branch with --branch.`,
    )
  }
  const listed = await git(['ls-remote', '--quiet', '--end-of-options', 'origin', ref], {
    cwd: cacheDir,
    remote,
  })
  if (!succeeded(listed)) throw unreadable(remote, listed.tail)
  const commit = listed.stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, name]) => name === ref)?.[0]
  if (commit === undefined) {
    const missing = branch === undefined ? 'default branch' : `branch ${JSON.stringify(branch)}`
    throw failure(
      'PreconditionFailed',
      `${remote.url} has no ${missing}. Push it, or pass an existing branch with --branch.`,
    )
  }
  const mirror = await mirrorCommit(cacheDir, repository, commit)
  const log = await gitOutput(['log', '-1', '--format=%ct%n%s', '--end-of-options', commit], {
    cwd: mirror.path,
    remote,
  })
  const [seconds = '', ...subject] = log.split('\n')
  return {
    commit,
    subject: plainSubject(subject.join(' ')),
    committedAt: Number(seconds) * 1_000,
  }
}
