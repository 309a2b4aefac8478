import { resolve } from 'node:path'

/**
 * The repository for builders to clone, in a form that means the same everywhere. A URL or an SSH
 * address (`git@github.com:mailman/mailman.git`) stays as it is; a path becomes absolute, relative
 * to the folder of the configuration.
 */
export function absoluteRepository(repository: string, folder: string): string {
  return isRemote(repository) ? repository : resolve(folder, repository)
}

/** git's own rule: a colon before the first slash means another host. */
function isRemote(repository: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/]+:/.test(repository)
}
