import type { Command } from 'commander'
import { userErrorExitStatus } from '../../client/user-error.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function notifyCommand(): Command {
  const notify = command(
    'notify',
    'Send a test notification to every receiver of an environment, and report which ones arrived. A worker sends it, to the receivers in your slipway.yaml.',
    ['slipway notify production'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(notify)))
}

async function run(environment: string, options: CommonOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const requestedBy = lazy.requester()
    const tested = await lazy.testNotifications(client, { spec, requestedBy })
    if (options.json === true) printJson(tested)
    else print(lazy.testedText(tested))
    if (tested.some(({ failure }) => failure !== undefined)) process.exitCode = userErrorExitStatus
  })
}
