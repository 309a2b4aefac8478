import { mkdir } from 'node:fs/promises'
import { failure } from '../temporal/failures.ts'
import { git, gitOutput, remoteOf, succeeded } from './git.ts'
import { mirrorCommit, refuseTransport, unreadable } from './mirror.ts'
import { inPlainText } from './checkout.ts'
import type { BranchHead } from '../../contract/activity-types.ts'

/**
 * The newest commit of a branch, asked of the repository itself and fetched; of its default branch
 * where none is named. The name is compared, never interpreted: git would take `*` in it for a
 * pattern.
 *
 * Fails as `PreconditionFailed` where the repository cannot be read or has no such branch.
 */
export async function findBranch(
  cacheDir: string,
  { repository, branch }: { readonly repository: string; readonly branch?: string },
): Promise<BranchHead> {
  refuseTransport(repository)
  const remote = remoteOf(repository)
  await mkdir(cacheDir, { recursive: true, mode: 0o700 })
  const wanted = branch === undefined ? 'HEAD' : `refs/heads/${branch}`
  if (wanted.includes('\0'))
    throw failure('PreconditionFailed', 'A name of a branch holds no NUL byte.')
  const asked = await git(['ls-remote', '--quiet', '--end-of-options', 'origin', wanted], {
    cwd: cacheDir,
    remote,
  })
  if (!succeeded(asked)) throw unreadable(remote, asked.tail)
  const commit = asked.stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, ref]) => ref === wanted)?.[0]
  if (commit === undefined) {
    const what = branch === undefined ? 'no default branch' : `no branch ${JSON.stringify(branch)}`
    throw failure(
      'PreconditionFailed',
      `${remote.url} has ${what}. Push it, or name another one with --branch.`,
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
    subject: inPlainText(subject.join(' ')),
    committedAt: Number(seconds) * 1_000,
  }
}
