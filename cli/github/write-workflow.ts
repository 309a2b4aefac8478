import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UnknownEnvironmentError } from '../../config/resolve.ts'
import type { Config } from '../../config/schema.ts'
import { UserError } from '../../client/user-error.ts'
import { readConfig } from '../open-environment.ts'
import { checkoutOf } from '../../client/index.ts'
import { version } from '../version.ts'
import { whatToFillIn, type WorkflowFile, workflowFile } from './workflow-file.ts'

export interface WriteWorkflow {
  readonly config?: string
  readonly environment?: string
  readonly branch: string
  readonly region?: string
  readonly roleArn?: string
  readonly here: WorkflowFile['here']
  /** Seen from the top of the repository. */
  readonly output: string
  readonly force?: boolean
}

/**
 * Writes a workflow file into the repository that holds the configuration. Gives its path there,
 * and what is left to do.
 *
 * @throws Refusal where there is one already, or the configuration is in no repository
 */
export async function writeWorkflow(
  options: WriteWorkflow,
): Promise<{ readonly path: string; readonly left: readonly string[] }> {
  const { config, file } = await readConfig(options)
  const checkout = await checkoutOf(dirname(resolve(file)))
  if (checkout === undefined) {
    throw new UserError(`${file} is in no git repository, and GitHub reads workflows from one.`)
  }
  const environment = environmentFor(config, options.environment)
  const region = options.region ?? config.environments[environment]?.region
  const about: WorkflowFile = {
    environment,
    branch: options.branch,
    here: options.here,
    version: version(),
    ...configPath(checkout, file),
    ...(region === undefined ? {} : { region }),
    ...(options.roleArn === undefined ? {} : { roleArn: options.roleArn }),
  }
  const path = inside(checkout, options.output)
  await mkdir(dirname(join(checkout, path)), { recursive: true })
  await write(join(checkout, path), path, workflowFile(about), options.force === true)
  const clones = config.repository === undefined && options.here === 'nothing'
  return { path, left: [...(clones ? [whatWorkersClone] : []), ...whatToFillIn(about)] }
}

/** Else it is the path of the job's checkout, which is on no other machine. */
const whatWorkersClone =
  '"repository" in slipway.yaml: the URL from which your worker clones this repository'

/** @throws UnknownEnvironmentError; Refusal where there are several and none is named */
function environmentFor(config: Config, asked: string | undefined): string {
  const known = Object.keys(config.environments)
  if (asked !== undefined) {
    if (known.includes(asked)) return asked
    throw new UnknownEnvironmentError(asked, known)
  }
  const [only, ...others] = known
  if (only !== undefined && others.length === 0) return only
  if (known.includes('production')) return 'production'
  throw new UserError(`Name the environment to deploy to: --environment ${known.join(' or ')}`)
}

/** Where the configuration is not at the top of the repository, the command has to name it. */
function configPath(checkout: string, file: string): { readonly config?: string } {
  const path = relative(checkout, resolve(file)).split(sep).join('/')
  if (path === 'slipway.yaml') return {}
  if (/^[\w.][\w./-]*$/.test(path)) return { config: path }
  throw new UserError(
    `The path of the configuration, ${JSON.stringify(path)}, would mean something to a shell. Move it to a path of letters, digits, "." and "-".`,
  )
}

function inside(checkout: string, output: string): string {
  const path = relative(checkout, resolve(checkout, output))
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path
  throw new UserError(
    `--output ${JSON.stringify(output)} is outside of the repository ${checkout}.`,
  )
}

async function write(file: string, path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new UserError(
      `${path} is there already. Overwrite it with --force, or write another one: --output .github/workflows/<name>.yml`,
    )
  }
}
