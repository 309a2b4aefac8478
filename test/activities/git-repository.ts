import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

export interface Repository {
  readonly path: string
  /** Writes files, commits them and returns the commit's id. */
  commit(message: string, files: Readonly<Record<string, string>>): Promise<string>
  git(...args: readonly string[]): Promise<string>
}

const env = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

/** Creates a git repository at a path. */
export async function makeRepository(path: string): Promise<Repository> {
  await mkdir(path, { recursive: true })
  const git = async (...args: readonly string[]) =>
    (await execa('git', args, { cwd: path, env })).stdout
  await git('init', '--quiet', '--initial-branch=main')
  return {
    path,
    git,
    async commit(message, files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), text)
      }
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message)
      return await git('rev-parse', 'HEAD')
    },
  }
}
