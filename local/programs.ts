import { createRequire } from 'node:module'
import path from 'node:path'

/** Main modules, which this Node runs. */
export interface SlipwayPrograms {
  /** The `slipway` command, which the stack puts on the PATH of a shell. */
  readonly slipway: string
  /** The worker, which the stack starts as a process of its own. */
  readonly worker: string
}

/**
 * The programs of this checkout; those of the packages that are installed beside this one otherwise.
 *
 * @throws Error that names the package to add
 */
export function findPrograms(): SlipwayPrograms {
  // Node runs TypeScript as it is only outside `node_modules`, so this file is one of a checkout.
  if (import.meta.filename.endsWith('.ts')) {
    const top = path.join(import.meta.dirname, '..')
    return { slipway: path.join(top, 'cli/main.ts'), worker: path.join(top, 'worker/main.ts') }
  }
  return {
    slipway: path.join(installed('slipway', 'package.json'), '../dist/cli/main.js'),
    worker: installed('slipway-worker', 'main'),
  }
}

function installed(name: string, module: string): string {
  try {
    return createRequire(import.meta.filename).resolve(`${name}/${module}`)
  } catch (error) {
    throw new Error(
      `The local stack needs the package ${name}, which is not installed beside slipway-local. Add it: npm install ${name}`,
      { cause: error },
    )
  }
}
