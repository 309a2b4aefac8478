import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Every executable file of that name in the folders of PATH and in `also`, in that order. Folders
 * that npm adds for its scripts are left out: a dependency's command is not the machine's own.
 */
export async function findAllOnPath(
  name: string,
  also: readonly string[] = [],
): Promise<readonly string[]> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).concat(also)
  const wanted = new Set(folders.filter((one) => path.isAbsolute(one) && !isNpm(one)))
  const found: string[] = []
  for (const folder of wanted) {
    const file = path.join(folder, name)
    if (await isExecutable(file)) found.push(file)
  }
  return found
}

/** The first of {@link findAllOnPath}. */
export async function findOnPath(
  name: string,
  also: readonly string[] = [],
): Promise<string | undefined> {
  return (await findAllOnPath(name, also))[0]
}

function isNpm(folder: string): boolean {
  return folder.includes(`${path.sep}node_modules${path.sep}`)
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
