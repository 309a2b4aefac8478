import type { Command } from 'commander'
import type { EnvironmentStatus, ReleaseStatus } from '../../workflows/types.ts'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean
}

export function statusCommand(): Command {
  const status = command(
    'status',
    'Show what is live, what runs at which step, what waits, and how the last releases ended.',
    [
      'slipway status production',
      'slipway status production --watch',
      'slipway status production --json',
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--watch', 'show it again whenever it changes, until Ctrl-C')
    .action(run)
  return withTemporal(withConfig(withJson(status)))
}

/** Between two looks of `--watch`, in milliseconds. */
const lookEveryMs = 2_000

async function run(environment: string, options: StatusOptions): Promise<void> {
  const online = await import('../online.ts')
  const { print, printJson } = await import('../output.ts')
  const { redrawer } = await import('../display/redraw.ts')
  const target = await online.openTarget(environment, options)
  await online.withConnection(options, async ({ client }) => {
    async function look(): Promise<[EnvironmentStatus, ReleaseStatus | undefined]> {
      const status =
        (await online.environmentStatus(client, target)) ??
        online.untouchedEnvironment(environment, target.project)
      const { running } = status
      return [status, running && (await online.stepsOf(client, running.id))]
    }
    if (options.watch === true) {
      const redraw = redrawer()
      await online.untilInterrupted(lookEveryMs, async () => {
        const [status, release] = await look()
        redraw(
          options.json === true
            ? JSON.stringify({ ...status, ...(release && { steps: release.steps }) })
            : online.environmentText(status, Date.now(), release),
        )
      })
      return
    }
    const [status, release] = await look()
    if (options.json === true) printJson({ ...status, ...(release && { steps: release.steps }) })
    else print(online.environmentText(status, Date.now(), release))
  })
}
