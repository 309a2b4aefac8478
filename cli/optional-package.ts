import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../client/user-error.ts'
import type * as local from '../local/index.ts'
import type * as worker from '../worker/index.ts'
import { version } from './version.ts'

/**
 * The packages that a command loads when it needs them, because they are large (`slipway-worker`)
 * or have no place in production (`slipway-local`).
 */
interface OptionalPackages {
  readonly 'slipway-worker': typeof worker
  readonly 'slipway-local': typeof local
}

type PackageName = keyof OptionalPackages

/** Node runs TypeScript as it is only outside `node_modules`, so this file is one of a checkout. */
const isCheckout = import.meta.filename.endsWith('.ts')

const folders: Readonly<Record<PackageName, string>> = {
  'slipway-worker': 'worker',
  'slipway-local': 'local',
}

/** @throws UserError where the package is missing, or of another version than this one */
export async function loadPackage<Name extends PackageName>(
  name: Name,
): Promise<OptionalPackages[Name]> {
  const loaded: unknown = await import(pathToFileURL(packageFile(name, 'index')).href)
  return loaded as OptionalPackages[Name]
}

/**
 * For a command that loads the package later: fails now, before anything has begun.
 *
 * @throws UserError as {@link loadPackage}
 */
export function requirePackage(name: PackageName): void {
  packageFile(name, 'index')
}

/**
 * Path of a module that a package exports: `index`, or `main`, which is a program.
 *
 * @throws UserError as {@link loadPackage}
 */
export function packageFile(name: PackageName, module: 'index' | 'main'): string {
  if (isCheckout) return join(import.meta.dirname, '..', folders[name], `${module}.ts`)
  const exported = module === 'index' ? name : `${name}/${module}`
  const require = requireThatFinds(name)
  checkVersion(name, require.resolve(`${name}/package.json`))
  return require.resolve(exported)
}

/** Beside Slipway, where a package manager puts it; else in the current folder's project. */
function requireThatFinds(name: PackageName): NodeJS.Require {
  for (const from of [import.meta.filename, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from)
    if (finds(require, `${name}/package.json`)) return require
  }
  throw new UserError(
    `This command needs the package ${name}, which is not installed. Add it: npm install ${name}@${version()}`,
  )
}

function finds(require: NodeJS.Require, module: string): boolean {
  try {
    require.resolve(module)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return false
    throw error
  }
}

function checkVersion(name: PackageName, file: string): void {
  const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const theirs =
    typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : '?'
  if (theirs === version()) return
  throw new UserError(
    `${name} is version ${theirs} and slipway is version ${version()}: they must be the same. Run: npm install ${name}@${version()}`,
  )
}
