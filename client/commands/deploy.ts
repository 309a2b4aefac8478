import type { Command } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'
import { freezeOverride, overrideFreeze, overrideReason } from './override.ts'

interface DeployOptions extends WaitOptions {
  readonly commit?: string
  readonly overrideFreeze?: boolean
  readonly reason?: string
}

export function deployCommand(): Command {
  const deploy = command(
    'deploy',
    'Release a commit to an environment: check, build, push, deploy, watch, and take it back if it turns out sick.',
    [
      'slipway deploy production',
      'slipway deploy staging --commit my-branch',
      'slipway deploy production --commit "$GITHUB_SHA" --json --timeout 1h',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option(
      '--commit <ref>',
      'commit, branch or tag to release (default: HEAD of a checkout without changes)',
    )
    .option(...overrideFreeze)
    .option(...overrideReason)
    .addHelpText('after', exitStatuses)
    .action(run)
  return withTemporal(withConfig(withWaiting(deploy)))
}

/** The same for every command that waits for a release. */
export const exitStatuses = `
Exit status:
  0    succeeded, or nothing to do
  2    refused: nothing was touched
  3    failed, and the previous release runs again
  4    failed, and so did the way back: a person is needed now
  5    a newer release took its place
  6    cancelled: the previous release runs again
  124  stopped waiting; the release goes on`

async function run(environment: string, options: DeployOptions): Promise<void> {
  const online = await import('../online.ts')
  const { target, source } = await online.openTargetAndSource(environment, options)
  const { commit, subject, committedAt } = source
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, target.queues)
    const requestedBy = online.requester()
    const override = freezeOverride(options)
    const request = {
      kind: 'deploy',
      target,
      commit,
      subject,
      committedAt,
      requestedBy,
      ...override,
    } as const
    const accepted = await online.requestDeploy(client, request)
    if (options.json !== true) online.print(online.releaseSummary(request, commit))
    process.exitCode = await online.tellAndFollow(client, accepted, {
      ...options,
      environment,
      temporalUi: target.links?.temporalUi,
    })
  })
}
