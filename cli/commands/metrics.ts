import { type Command, InvalidArgumentError } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface MetricsOptions extends CommonOptions {
  readonly days: number
}

export function metricsCommand(): Command {
  const metrics = command(
    'metrics',
    'Show the delivery metrics of an environment: deployment frequency, lead time, change failure rate, time to restore.',
    ['slipway metrics production', 'slipway metrics production --days 90 --json'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--days <number>', 'number of days up to now', parseDays, 30)
    .action(run)
  return withTemporal(withConfig(withJson(metrics)))
}

async function run(environment: string, options: MetricsOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const { endedReleases, metricsOf } = await import('../../client/index.ts')
  const { metricsText } = await import('../display/metrics.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    const since = Date.now() - options.days * 86_400_000
    const releases = await endedReleases(client, spec.environment, since)
    const metrics = metricsOf(releases, options.days)
    if (options.json === true) printJson({ environment, ...metrics })
    else print(metricsText(environment, metrics))
  })
}

function parseDays(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days > 0 && days <= 3_650) return days
  throw new InvalidArgumentError('Expected a number of days, 1 to 3650.')
}
