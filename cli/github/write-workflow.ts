import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UnknownEnvironmentError } from '../../config/resolve.ts'
import type { Config } from '../../config/schema.ts'
import { UserError } from '../../client/user-error.ts'
import { readConfig } from '../open-environment.ts'
import { checkoutOf } from '../../client/index.ts'
import { version } from '../version.ts'
import { stepsToSetUp, type WorkflowFile, workflowFile } from './workflow-file.ts'
import type { EmbeddedRole } from '../embedded-worker.ts'

export interface WriteWorkflow {
  readonly config?: string
  readonly environment?: string
  readonly branch: string
  readonly region?: string
  readonly roleArn?: string
  readonly role?: EmbeddedRole
  /** Relative to the top of the repository. */
  readonly output: string
  readonly force?: boolean
}

/**
 * Writes a workflow file into the repository of the configuration. Returns its path there, and what
 * is left to set up.
 *
 * @throws UserError if the file exists already, or the configuration is not in a repository
 */
export async function writeWorkflow(
  options: WriteWorkflow,
): Promise<{ readonly path: string; readonly setUp: readonly string[] }> {
  const { config, file } = await readConfig(options)
  const checkout = await checkoutOf(dirname(resolve(file)))
  if (checkout === undefined) {
    throw new UserError(
      `${file} is not in a git repository, and GitHub reads workflows from one. Create it first: git init`,
    )
  }
  const environment = environmentFor(config, options.environment)
  const region = options.region ?? config.environments[environment]?.region
  const workflow: WorkflowFile = {
    environment,
    branch: options.branch,
    version: version(),
    ...(options.role === undefined ? {} : { role: options.role }),
    ...configPath(checkout, file),
    ...(region === undefined ? {} : { region }),
    ...(options.roleArn === undefined ? {} : { roleArn: options.roleArn }),
  }
  const path = inside(checkout, options.output)
  await mkdir(dirname(join(checkout, path)), { recursive: true })
  await write(join(checkout, path), path, workflowFile(workflow), options.force === true)
  const needsRepository = config.repository === undefined && options.role === undefined
  return { path, setUp: [...(needsRepository ? [setRepository] : []), ...stepsToSetUp(workflow)] }
}

/** Without it, workers would clone the path of the job's checkout, which no other machine has. */
const setRepository =
  '"repository" in slipway.yaml: the URL from which your worker clones this repository'

/** @throws UnknownEnvironmentError; UserError if there are several and none is given */
function environmentFor(config: Config, given: string | undefined): string {
  const known = Object.keys(config.environments)
  if (given !== undefined) {
    if (known.includes(given)) return given
    throw new UnknownEnvironmentError(given, known)
  }
  const [only, ...others] = known
  if (only !== undefined && others.length === 0) return only
  if (known.includes('production')) return 'production'
  throw new UserError(
    `Found several environments in slipway.yaml. Choose one: --environment ${known.join(' or ')}`,
  )
}

/** A configuration that is not at the top of the repository needs the option `--config`. */
function configPath(checkout: string, file: string): { readonly config?: string } {
  const path = relative(checkout, resolve(file)).split(sep).join('/')
  if (path === 'slipway.yaml') return {}
  if (/^[\w.][\w./-]*$/.test(path)) return { config: path }
  throw new UserError(
    `The path of the configuration, ${JSON.stringify(path)}, has characters that are special in a shell. Move it to a path of letters, digits, "_", "." and "-".`,
  )
}

function inside(checkout: string, output: string): string {
  const path = relative(checkout, resolve(checkout, output))
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path
  throw new UserError(
    `--output ${JSON.stringify(output)} is outside the repository ${checkout}. Expected a path inside it, such as .github/workflows/deploy.yml.`,
  )
}

async function write(file: string, path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new UserError(
      `${path} already exists. Overwrite it with --force, or choose another path: --output .github/workflows/<name>.yml`,
    )
  }
}
