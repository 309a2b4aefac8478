import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorkflows } from '../worker/workflow-bundle.ts'

/**
 * Puts the workflows into the package as one script: a worker then starts at once, and runs the
 * very code that was tested, whatever a bundler would make of it on the user's machine.
 */
const top = join(import.meta.dirname, '..')
const { code } = await bundleWorkflows(new URL('../workflows/index.ts', import.meta.url))
await writeFile(join(top, 'dist', 'workflows', 'bundle.js'), code)
