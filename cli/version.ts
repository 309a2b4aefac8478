import { readFileSync } from 'node:fs'

/** Version of the package: its file is two folders up when it is installed, one in a checkout. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (typeof found === 'object' && found !== null && 'version' in found) {
        return String(found.version)
      }
    } catch {
      // The other one, then.
    }
  }
  return 'unknown'
}
