import { type Command, Option } from 'commander'
import {
  type WaitOptions,
  command,
  exitStatuses,
  withConfig,
  withTemporal,
  withWaiting,
} from './command.ts'
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
    'Deploy a commit: check, build, push, deploy, verify, and roll back if it is unhealthy.',
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
      'commit, branch or tag to deploy (default: HEAD, if the checkout is clean)',
    )
    .option(
      '--build-here',
      'check, build and push on this machine, with its checkout, container engine and credentials; a worker does the rest',
    )
    .addOption(
      new Option(
        '--worker-here',
        'run a worker in this process while waiting, if there is no other',
      ).conflicts('buildHere'),
    )
    .option(...overrideFreeze)
    .option(...overrideReason)
    .addHelpText('after', exitStatuses)
    .action(run)
  return withTemporal(withConfig(withWaiting(deploy)))
}

async function run(environment: string, options: DeployOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const role = embeddedRole(options)
  const override = freezeOverride(options)
  const { spec: configured, source } = await lazy.openEnvironmentAndSource(environment, options)
  const { commit, subject, committedAt } = source
  const taskQueues =
    role === undefined ? configured.taskQueues : lazy.embeddedTaskQueues(configured, commit, role)
  const spec = { ...configured, taskQueues }
  await lazy.withConnection(options, async ({ client }) => {
    if (role === undefined) await lazy.requireWorkers(client, taskQueues)
    else if (role === 'build') await lazy.requireWorkers(client, { release: taskQueues.release })
    const request = {
      kind: 'deploy',
      spec,
      commit,
      subject,
      committedAt,
      requestedBy: lazy.requester(),
      ...override,
    } as const
    const deployAndFollow = async () => {
      const accepted = await lazy.requestDeploy(client, request)
      if (options.json !== true) lazy.print(lazy.releaseSummary(request, commit))
      const status = await lazy.reportAndFollow(client, accepted, {
        ...options,
        environment,
        temporalUi: spec.links?.temporalUi,
        ...(role === undefined ? {} : { afterStopping: lazy.afterInterrupt[role] }),
      })
      const hasEnded = status < exitStatusWhenWaitingEnds
      if (role === 'worker' && hasEnded) {
        await lazy.untilNotified(client, spec, accepted.releaseId)
      }
      return status
    }
    process.exitCode =
      role === undefined
        ? await deployAndFollow()
        : await lazy.withEmbeddedWorker(role, spec, source, deployAndFollow)
  })
  // Work that an embedded worker leaves unfinished must not keep the process alive.
  if (role !== undefined) process.exit()
}

/** @throws UserError if the command would not wait, or the worker's package is missing */
function embeddedRole(options: DeployOptions): EmbeddedRole | undefined {
  const { buildHere, workerHere, wait, profile } = options
  const role = buildHere === true ? 'build' : workerHere === true ? 'worker' : undefined
  if (role === undefined) return undefined
  if (wait === false) {
    throw new UserError(
      `--${role}-here runs only while the command waits. Leave out --no-wait, or --${role}-here.`,
    )
  }
  requirePackages('slipway-worker')
  // The worker opens a connection of its own, from the same variables.
  if (profile !== undefined) process.env['TEMPORAL_PROFILE'] = profile
  return role
}
