import { dirname } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { resolveEnvironment } from '../config/resolve.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { note } from './output.ts'
import { type Source, checkoutOf, findSource } from '../client/index.ts'

/** Reads the configuration for a command, with its warnings on standard error. */
export async function readConfig(options: { readonly config?: string }) {
  const loaded = await loadConfig({ file: options.config })
  for (const warning of loaded.warnings) note(`warning: ${formatProblem(warning)}`)
  return loaded
}

/** An environment for commands that need no commit: they work outside of a repository, too. */
export async function openEnvironment(
  environment: string,
  options: { readonly config?: string },
): Promise<EnvironmentSpec> {
  const { config, file } = await readConfig(options)
  const checkout = (await checkoutOf(dirname(file))) ?? dirname(file)
  return resolveEnvironment(config, environment, { repository: checkout })
}

/** An environment and the commit to release to it. */
export async function openEnvironmentAndSource(
  environment: string,
  options: { readonly config?: string; readonly commit?: string },
): Promise<{ spec: EnvironmentSpec; source: Source }> {
  const { config, file } = await readConfig(options)
  // The name first: a typing error should not be answered with the state of the checkout.
  resolveEnvironment(config, environment, { repository: dirname(file) })
  const source = await findSource({ configFile: file, ref: options.commit })
  return { spec: resolveEnvironment(config, environment, { repository: source.checkout }), source }
}
