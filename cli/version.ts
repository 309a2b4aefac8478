import { readFileSync } from 'node:fs'

/** Version of the package, whose file is one folder up in a checkout and two when installed. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return versionIn(new URL(path, import.meta.url))
    } catch {
      // Then it is in the other folder.
    }
  }
  return 'unknown'
}

/** The version that a `package.json` has. */
export function versionIn(file: string | URL): string {
  const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'unknown'
}
