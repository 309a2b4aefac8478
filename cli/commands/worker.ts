import { type Command, InvalidArgumentError } from 'commander'
import type { WorkerOptions, WorkerRole } from '../../worker/index.ts'
import { type CommonOptions, command, withConfig, withTemporal } from './command.ts'

interface Options extends CommonOptions {
  readonly queues: readonly WorkerRole[]
  readonly builderName?: string
  readonly maxBuilds?: number
}

const roles: readonly WorkerRole[] = ['release', 'builder']

export function workerCommand(): Command {
  const worker = command(
    'worker',
    'Run the worker that carries out releases, until SIGINT or SIGTERM. Its task queues come from slipway.yaml, if there is one.',
    [
      'slipway worker',
      'slipway worker --queues release',
      'slipway worker --queues builder --max-builds 2',
    ],
  )
    .option(
      '--queues <roles>',
      'what to serve: release (workflows and AWS), builder (checks, builds and pushes), or both',
      parseRoles,
      roles,
    )
    .option(
      '--builder-name <name>',
      'name of this builder; two builders on one host need two names (default: the host’s)',
    )
    .option('--max-builds <number>', 'builds, pushes and checks at once (default: 4)', parseCount)
    .action(run)
  return withTemporal(withConfig(worker))
}

async function run(options: Options): Promise<void> {
  const { loadPackage, requirePackages } = await import('../optional-package.ts')
  requirePackages('slipway-worker')
  const lazy = await import('../lazy.ts')
  const { note } = await import('../output.ts')
  const taskQueues = await configuredTaskQueues(options)
  // The worker's own connection reports an unreachable server only in the words of its library.
  const { address, namespace, ...connected } = await lazy.connect(options)
  await connected[Symbol.asyncDispose]()
  if (options.profile !== undefined) process.env['TEMPORAL_PROFILE'] = options.profile
  const { runWorker } = await loadPackage('slipway-worker')
  let ready = false
  try {
    await runWorker({
      ...(taskQueues && { taskQueues }),
      roles: options.queues,
      ...(options.builderName === undefined ? {} : { builderName: options.builderName }),
      ...(options.maxBuilds === undefined ? {} : { maxBuilds: options.maxBuilds }),
      onReady: () => {
        ready = true
        note(`Serving ${options.queues.join(' and ')} at ${address}, namespace ${namespace}.`)
      },
    })
  } catch (error) {
    if (ready) throw error
    throw await didNotStart(error)
  }
}

/** What keeps a worker from starting is a matter of its configuration or its surroundings. */
async function didNotStart(error: unknown): Promise<Error> {
  const { UserError } = await import('../../client/user-error.ts')
  const { errorMessage } = await import('../../client/index.ts')
  return new UserError(`The worker did not start: ${errorMessage(error)}`, { cause: error })
}

/** A worker may run where there is no configuration: in a container, for instance. */
async function configuredTaskQueues(
  options: Options,
): Promise<WorkerOptions['taskQueues'] | undefined> {
  const { findConfig, loadConfig } = await import('../../config/load.ts')
  if (options.config === undefined && (await findConfig()) === undefined) return undefined
  const { config } = await loadConfig({ file: options.config })
  return config.taskQueues
}

function parseRoles(text: string): readonly WorkerRole[] {
  const chosen = text.split(',').map((one) => one.trim())
  const known = roles.filter((role) => chosen.includes(role))
  if (known.length === new Set(chosen).size) return known
  throw new InvalidArgumentError(`Expected ${roles.join(', ')}, or both with a comma.`)
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 100) return count
  throw new InvalidArgumentError('Expected a number from 1 to 100.')
}
