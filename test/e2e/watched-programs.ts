import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findOnPath } from '../../local/install/find-on-path.ts'

/** Wrappers of docker and git that record their calls and then make them. */
export interface WatchedPrograms {
  /** Contains `git`, for the start of a PATH, and `docker`, for `SLIPWAY_DOCKER`. */
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
  const records = path.join(folder, 'records')
  await mkdir(records, { recursive: true })
  const git = await findOnPath('git')
  if (git === undefined) throw new Error('Found no git on the PATH: install git.')
  const programs = { docker: dockerPath, git }
  for (const [name, program] of Object.entries(programs)) {
    const file = path.join(folder, name)
    await writeFile(file, script(records, program))
    await chmod(file, 0o755)
  }
  const all = async (kind: string) => {
    const names = (await readdir(records)).filter((name) => name.startsWith(`${kind}.`))
    return Promise.all(names.map((name) => readFile(path.join(records, name), 'utf8')))
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

/** Records each call in a file named by its process, since calls run at the same time. */
function script(records: string, program: string): string {
  return `#!/bin/sh
printf '%s\\n' "$0" "$@" >'${records}/arguments.'$$
tr '\\000' '\\n' <"/proc/$$/environ" | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p' >'${records}/variables.'$$
if [ "$1" = login ]; then
  cat >'${records}/password.'$$
  exec '${program}' "$@" <'${records}/password.'$$
fi
exec '${program}' "$@"
`
}
