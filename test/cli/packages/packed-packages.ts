import { glob, readFile, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import { startTemporal } from '../../../local/stack/temporal.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

export const top = join(import.meta.dirname, '..', '..', '..')

export type PackageName = 'slipway' | 'slipway-worker' | 'slipway-local' | 'slipway-simulator'

/** Packs all packages, and starts a Temporal server for their commands. */
export async function openPackedPackages() {
  const archiveOf = await packPackages()
  const server = await startTemporal({ logFile: join(temporaryFolder(), 'temporal.log') })
  const env = { TEMPORAL_ADDRESS: server.address }
  return {
    archiveOf,
    /** Variables with the address of the Temporal server. */
    env,
    /** Runs a command that was installed into a folder. */
    run: (folder: string, command: string, ...args: readonly string[]) =>
      execa(process.execPath, [join(folder, 'node_modules', '.bin', command), ...args], {
        cwd: folder,
        env,
        reject: false,
        all: true,
        timeout: 300_000,
      }),
    close: () => server.stop(),
  }
}

export type PackedPackages = Awaited<ReturnType<typeof openPackedPackages>>

/** Packs all packages as they would be published. Gives the path of a package's archive. */
async function packPackages(): Promise<(name: PackageName) => string> {
  const folder = temporaryFolder()
  await npm(top, 'pack', '--pack-destination', folder)
  await npm(top, 'pack', '--pack-destination', folder, '--workspaces')
  const version = await versionOf(join(top, 'package.json'))
  return (name) => join(folder, `${name}-${version}.tgz`)
}

/** The version in a `package.json`. */
export async function versionOf(file: string): Promise<string> {
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { readonly version: string }
  return version
}

/** Installs archives into an empty folder, as a user would, and gives the folder. */
export async function installPackages(...archives: readonly string[]): Promise<string> {
  const folder = temporaryFolder()
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await npm(folder, 'install', '--prefer-offline', ...archives)
  return folder
}

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  await execa('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd })
}

export interface Import {
  /** Path in the package's `dist`. */
  readonly file: string
  readonly module: string
}

/** The modules that each file of an installed package imports, now or later. */
export async function importsOf(installed: string): Promise<readonly Import[]> {
  const found: Import[] = []
  for await (const path of glob(join(installed, 'dist', '**', '*.js'))) {
    const file = relative(join(installed, 'dist'), path)
    if (file === join('workflows', 'bundle.js')) continue
    const text = await readFile(path, 'utf8')
    for (const [, module = ''] of text.matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gm)) {
      found.push({ file, module })
    }
    for (const [, module = ''] of text.matchAll(/\bimport\('([^']+)'\)/g)) {
      found.push({ file, module })
    }
  }
  return found
}

/** The package that a module belongs to; `undefined` for a relative path and for Node's own. */
export function packageOf(module: string): string | undefined {
  if (module.startsWith('.') || isBuiltin(module)) return undefined
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/')
}
