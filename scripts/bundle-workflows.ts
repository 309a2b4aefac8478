import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorkflows } from '../worker/workflow-bundle.ts'

/**
 * Bundles the workflows into one script for `slipway-worker`. A worker then starts at once, and runs
 * the very code that was tested, whatever a bundler would make of it on the user's machine.
 */
const top = join(import.meta.dirname, '..')
const { code } = await bundleWorkflows(new URL('../workflows/index.ts', import.meta.url))
await writeFile(join(top, 'build', 'workflows', 'bundle.js'), code)
