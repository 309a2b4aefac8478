import { access, constants } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'

/** Whether there is a program of that name, looked up as execvp(3) does. */
export async function isProgram(
  name: string,
  { cwd = process.cwd(), path = '' }: { readonly cwd?: string; readonly path?: string },
): Promise<boolean> {
  const files = name.includes('/')
    ? [resolve(cwd, name)]
    : path.split(delimiter).map((folder) => join(resolve(cwd, folder), name))
  for (const file of files) {
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (executable) return true
  }
  return false
}
