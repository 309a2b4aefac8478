import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a folder for `DOCKER_CONFIG` that keeps the login to one registry in itself. Docker's client
 * stores the login of an empty configuration in the platform's keychain, if it finds a helper for
 * one on the PATH (`LoadDefaultConfigFile` in docker/cli, cli/config/config.go); an empty helper
 * name selects the file instead.
 *
 * @param host of the registry, with its port: `127.0.0.1:4567`
 */
export async function makeLoginFolder(folder: string, host: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const config = JSON.stringify({ credHelpers: { [host]: '' } })
  await writeFile(path.join(folder, 'config.json'), config, { mode: 0o600 })
  return folder
}
