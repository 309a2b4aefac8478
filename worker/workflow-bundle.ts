import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker'

/**
 * The workflows as one script: the prebuilt one of an installed package, else bundled from source
 * now, which takes some seconds.
 */
export async function workflowBundle(): Promise<WorkflowBundle | { readonly codePath: string }> {
  const prebuilt = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url))
  if (existsSync(prebuilt)) return { codePath: prebuilt }
  return bundleWorkflows(new URL('../workflows/index.ts', import.meta.url))
}

const temporal = (converter: string) =>
  fileURLToPath(new URL(`../workflows/temporal/${converter}.ts`, import.meta.url))

/** Bundles the workflows that an index file exports. */
export function bundleWorkflows(index: URL): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(index),
    payloadConverterPath: temporal('payload-converter'),
    failureConverterPath: temporal('failure-converter'),
    logger: warningsOnly,
    webpackConfigHook: (config) => ({ ...config, performance: { hints: false } }),
  })
}

/** Webpack's statistics are noise when a worker starts; its errors are thrown. */
const warningsOnly = {
  log() {},
  trace() {},
  debug() {},
  info() {},
  warn(message: string) {
    process.stderr.write(`${message}\n`)
  },
  error(message: string) {
    process.stderr.write(`${message}\n`)
  },
}
