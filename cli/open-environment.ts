import { dirname } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { resolveEnvironment } from '../config/resolve.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { note } from './output.ts'
import { type Source, checkoutOf, findSource } from '../client/index.ts'

/** Reads the configuration, and prints its warnings on standard error. */
export async function readConfig(options: { readonly config?: string }) {
  const loaded = await loadConfig({ file: options.config })
  for (const warning of loaded.warnings) note(`warning: ${formatProblem(warning)}`)
  return loaded
}

/** Resolves an environment for a command that needs no commit; it works outside a repository, too. */
export async function openEnvironment(
  environment: string,
  options: { readonly config?: string },
): Promise<EnvironmentSpec> {
  const { config, file } = await readConfig(options)
  const checkout = (await checkoutOf(dirname(file))) ?? dirname(file)
  return resolveEnvironment(config, environment, { repository: checkout })
}

/** Resolves an environment, and the commit to deploy to it. */
export async function openEnvironmentAndSource(
  environment: string,
  options: { readonly config?: string; readonly commit?: string },
): Promise<{ spec: EnvironmentSpec; source: Source }> {
  const { config, file } = await readConfig(options)
  // First, so that a mistyped name is not reported as a problem of the checkout.
  resolveEnvironment(config, environment, { repository: dirname(file) })
  const source = await findSource({ configFile: file, ref: options.commit })
  return { spec: resolveEnvironment(config, environment, { repository: source.checkout }), source }
}
