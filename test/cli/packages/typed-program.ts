/** A program that uses the types of all packages, for a folder into which they are installed. */
export const typedProgram = `import { connect, followRelease, loadConfig, requestDeploy, resolveEnvironment } from 'slipway'
import { listSchedules, putSchedule } from 'slipway'
import type { Connected, EnvironmentSpec, Outcome } from 'slipway'
import { localUp, startStack, type Stack } from 'slipway-local'
import { manualClock, scriptedRuntime, startSimulator, type Simulator } from 'slipway-simulator'
import { runWorker } from 'slipway-worker'

export async function deploy(commit: string): Promise<Outcome> {
  const { config } = await loadConfig()
  const spec: EnvironmentSpec = resolveEnvironment(config, 'production', { repository: '/src' })
  await using connected = await connect()
  const request = { kind: 'deploy', spec, commit, subject: '', requestedBy: 'me' } as const
  const { releaseId: id, runId } = await requestDeploy(connected.client, request)
  return (await followRelease(connected.client, { id, runId })).outcome
}

export async function plan({ client }: Connected, spec: EnvironmentSpec): Promise<readonly string[]> {
  const times = { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Berlin' } as const
  const what = { kind: 'redeploy' } as const
  const schedule = { spec, name: 'nightly', times, what, catchUpMs: 600_000, requestedBy: 'me' }
  await putSchedule(client, schedule)
  const schedules = await listSchedules(client, spec.environment)
  return schedules.flatMap(({ nextRuns }) => nextRuns)
}

export const up = (): Promise<void> => localUp({ ports: { aws: 0 } })
export const stack = (): Promise<Stack> => startStack({ stateDir: '/tmp', throwAway: true })
export const serve = () => runWorker({ roles: ['builder'], maxBuilds: 2 })

export function simulate(): Promise<Simulator> {
  const clock = manualClock()
  return startSimulator({ clock, runtime: scriptedRuntime({ clock, behave: () => ({}) }) })
}

// @ts-expect-error -- a task queue has a name
export const wrong = () => runWorker({ taskQueues: { release: 3, builder: 'b' } })
`
