import { readFileSync } from 'node:fs'

/** Version of the package, whose file is one folder up in a checkout and two when installed. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (typeof found === 'object' && found !== null && 'version' in found) {
        return String(found.version)
      }
    } catch {
      // Then it is in the other folder.
    }
  }
  return 'unknown'
}
