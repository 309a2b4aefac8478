import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findOnPath } from '../../local/install/find-on-path.ts'

/** Wrappers of docker and git that record their calls and then make them. */
export interface WatchedPrograms {
  /** First on a PATH, it has `git`; `docker` is to be named in `SLIPWAY_DOCKER`. */
  readonly folder: string
  readonly docker: string
  /** Every argument of every call, and the names of the variables that each call was given. */
  readonly read: () => Promise<{
    readonly arguments: string
    readonly variables: readonly string[]
  }>
  /** What was given to `docker login` on standard input. */
  readonly passwords: () => Promise<readonly string[]>
}

/** @param folder for the wrappers and their records */
export async function watchPrograms(folder: string, dockerPath: string): Promise<WatchedPrograms> {
  const told = path.join(folder, 'told')
  await mkdir(told, { recursive: true })
  const git = await findOnPath('git')
  if (git === undefined) throw new Error('there is no git on the PATH')
  const programs = { docker: dockerPath, git }
  for (const [name, program] of Object.entries(programs)) {
    const file = path.join(folder, name)
    await writeFile(file, script(told, program))
    await chmod(file, 0o755)
  }
  const all = async (kind: string) => {
    const names = (await readdir(told)).filter((name) => name.startsWith(`${kind}.`))
    return Promise.all(names.map((name) => readFile(path.join(told, name), 'utf8')))
  }
  return {
    folder,
    docker: path.join(folder, 'docker'),
    read: async () => ({
      arguments: (await all('arguments')).join('\n'),
      variables: [...new Set((await all('variables')).join('\n').split('\n'))],
    }),
    passwords: async () => [...new Set(await all('password'))],
  }
}

/** A file for each call, named by its process: calls run at the same time. */
function script(told: string, program: string): string {
  return `#!/bin/sh
printf '%s\\n' "$0" "$@" >'${told}/arguments.'$$
tr '\\000' '\\n' <"/proc/$$/environ" | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p' >'${told}/variables.'$$
if [ "$1" = login ]; then
  cat >'${told}/password.'$$
  exec '${program}' "$@" <'${told}/password.'$$
fi
exec '${program}' "$@"
`
}
