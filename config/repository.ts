import { resolve } from 'node:path'

/**
 * What builders clone, in a form that means the same everywhere: a URL or an address as SSH takes
 * it (`git@github.com:mailman/mailman.git`) as it is; a path as an absolute one, seen from the
 * folder that the configuration is in.
 */
export function absoluteRepository(repository: string, folder: string): string {
  return isRemote(repository) ? repository : resolve(folder, repository)
}

/** git's own rule: a colon before the first slash makes it an address of another host. */
function isRemote(repository: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) || /^[^/]+:/.test(repository)
}
