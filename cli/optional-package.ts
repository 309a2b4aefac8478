import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../client/user-error.ts'
import type * as local from '../local/index.ts'
import type * as worker from '../worker/index.ts'
import { version, versionIn } from './version.ts'

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

/** @throws UserError as {@link requirePackages} */
export async function loadPackage<Name extends PackageName>(
  name: Name,
): Promise<OptionalPackages[Name]> {
  const loaded: unknown = await import(pathToFileURL(packageFile(name, 'index')).href)
  return loaded as OptionalPackages[Name]
}

/**
 * Checks the packages that a command loads later, before it begins.
 *
 * @throws UserError with the command to run, where packages are missing or have another version than
 *   this one
 */
export function requirePackages(...names: readonly PackageName[]): void {
  if (isCheckout) return
  const problems = names.map(findPackage).flatMap((found) => found.problem ?? [])
  if (problems.length > 0) throw cannotRun(names, problems)
}

/**
 * Path of a module that a package exports: `index`, or `main`, which is a program.
 *
 * @throws UserError as {@link requirePackages}
 */
export function packageFile(name: PackageName, module: 'index' | 'main'): string {
  if (isCheckout) return join(import.meta.dirname, '..', folders[name], `${module}.ts`)
  const { require, problem } = findPackage(name)
  if (require === undefined) throw cannotRun([name], [problem])
  return require.resolve(module === 'index' ? name : `${name}/${module}`)
}

type FoundPackage =
  | { readonly require: NodeJS.Require; readonly problem?: never }
  | { readonly require?: never; readonly problem: string }

/** Looks beside Slipway, where a package manager puts it, and then in the current folder's project. */
function findPackage(name: PackageName): FoundPackage {
  const require = [import.meta.filename, join(process.cwd(), 'package.json')]
    .map((from) => createRequire(from))
    .find((candidate) => finds(candidate, `${name}/package.json`))
  if (require === undefined) return { problem: `the package ${name}, which is not installed` }
  const found = versionIn(require.resolve(`${name}/package.json`))
  return found === version()
    ? { require }
    : { problem: `${name} in its own version, ${version()}, and found ${found}` }
}

function cannotRun(names: readonly PackageName[], problems: readonly string[]): UserError {
  const exact = names.map((name) => `${name}@${version()}`)
  return new UserError(
    `This command needs ${problems.join(', and ')}. Run: npm install ${exact.join(' ')}`,
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
