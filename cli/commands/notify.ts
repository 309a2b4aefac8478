import type { Command } from 'commander'
import { userErrorExitStatus } from '../../client/user-error.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function notifyCommand(): Command {
  const notify = command(
    'notify',
    'Send a test message to everybody who is told of an environment’s releases, and say whether it arrived. The worker sends it, by the slipway.yaml that is here.',
    ['slipway notify production'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(notify)))
}

async function run(environment: string, options: CommonOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const requestedBy = online.requester()
    const tested = await online.testNotifications(client, { spec, requestedBy })
    if (options.json === true) printJson(tested)
    else print(online.testedText(tested))
    if (tested.some(({ failure }) => failure !== undefined)) process.exitCode = userErrorExitStatus
  })
}
