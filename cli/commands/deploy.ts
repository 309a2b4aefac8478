import { type Command, Option } from 'commander'
import { type WaitOptions, command, withConfig, withTemporal, withWaiting } from './command.ts'
import type { EmbeddedRole } from '../embedded-worker.ts'
import { exitStatusWhenWaitingEnds } from '../../contract/outcome.ts'
import { UserError } from '../../client/user-error.ts'
import { requirePackages } from '../optional-package.ts'
import { freezeOverride, overrideFreeze, overrideReason } from './freeze-override.ts'

interface DeployOptions extends WaitOptions {
  readonly commit?: string
  readonly buildHere?: boolean
  readonly workerHere?: boolean
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
      'slipway deploy production --build-here',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option(
      '--commit <ref>',
      'commit, branch or tag to release (default: HEAD of a checkout without changes)',
    )
    .option(
      '--build-here',
      'check, build and push on this machine, with its checkout, engine and credentials; a worker does the rest',
    )
    .addOption(
      new Option(
        '--worker-here',
        'be the worker as well while waiting, where there is no other',
      ).conflicts('buildHere'),
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
  const online = await import('../lazy.ts')
  const here = hereOf(options)
  const { source, ...found } = await online.openEnvironmentAndSource(environment, options)
  const { commit, subject, committedAt } = source
  const queues =
    here === undefined ? found.spec.taskQueues : online.embeddedTaskQueues(found.spec, commit, here)
  const spec = { ...found.spec, taskQueues: queues }
  await online.withConnection(options, async ({ client }) => {
    if (here === undefined) await online.requireWorkers(client, queues)
    else if (here === 'build') await online.requireWorkers(client, { release: queues.release })
    const requestedBy = online.requester()
    const override = freezeOverride(options)
    const request = {
      kind: 'deploy',
      spec,
      commit,
      subject,
      committedAt,
      requestedBy,
      ...override,
    } as const
    const ask = async () => {
      const accepted = await online.requestDeploy(client, request)
      if (options.json !== true) online.print(online.releaseSummary(request, commit))
      const status = await online.reportAndFollow(client, accepted, {
        ...options,
        environment,
        temporalUi: spec.links?.temporalUi,
        ...(here === undefined ? {} : { withoutUs: online.afterInterrupt[here] }),
      })
      const hasEnded = status < exitStatusWhenWaitingEnds
      if (here === 'worker' && hasEnded) {
        await online.untilNotified(client, spec, accepted.releaseId)
      }
      return status
    }
    process.exitCode =
      here === undefined ? await ask() : await online.withEmbeddedWorker(here, spec, source, ask)
  })
  // What a worker in this process leaves unfinished must not keep the command alive.
  if (here !== undefined) process.exit()
}

/** @throws Refusal where the command would not stay for what it is to do */
function hereOf({ buildHere, workerHere, wait, profile }: DeployOptions): EmbeddedRole | undefined {
  const here = buildHere === true ? 'build' : workerHere === true ? 'worker' : undefined
  if (here === undefined) return undefined
  if (wait === false) {
    throw new UserError(
      `--${here}-here works while the command waits, and --no-wait says not to. Leave one of the two out.`,
    )
  }
  requirePackages('slipway-worker')
  // The worker finds Temporal by itself, as the command does.
  if (profile !== undefined) process.env['TEMPORAL_PROFILE'] = profile
  return here
}
