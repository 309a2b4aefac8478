import { createPoller } from '../../../../activities/polling/poller.ts'
import { defaultPace } from '../../../../activities/deploy/pace.ts'
import { watchRollout } from '../../../../activities/deploy/watch.ts'
import { type WatchEnd } from '../../../../activities/deploy/watched.ts'
import { dated } from '../../rollout/simulated-observation.ts'
import {
  simulateService,
  type ServiceSimulation,
  type SimulationOptions,
} from '../../../../simulator/test/unit/service-simulation.ts'
import { fakeAws } from '../fake-aws.ts'

const digest = (revision: number) => `sha256:${String(revision % 10).repeat(64)}`
const image = (revision: number) => `registry/api@${digest(revision)}`

/** A service on the simulator's engine, whose rollouts can be watched. */
export interface SimulatedService {
  readonly stage: ServiceSimulation
  /** Deploys the next revision and lets its rollout end unwatched. */
  deploy(): Promise<void>
  /** Deploys the next revision and watches it. Calls `everySecond` each second of the clock. */
  watch(everySecond?: (ageMs: number) => void): Promise<WatchResult>
}

export interface WatchResult {
  readonly ending: WatchEnd | undefined
  /** From the update to the end of the record, and from there until the waiter knows, in ms. */
  readonly tookMs: number
  readonly lagMs: number
  /** Calls, with their age in milliseconds. */
  readonly calls: readonly { readonly operation: string; readonly ageMs: number }[]
  readonly reports: readonly { readonly ageMs: number; readonly summary: string }[]
}

type Answer = Record<string, unknown>
/** Changes the response of AWS to an operation. */
export type Intercept = (operation: string, answer: Answer, stage: ServiceSimulation) => Answer

/** Without a process, a network or real time: only the stage's own clock. */
export async function simulatedService(
  options: SimulationOptions,
  intercept: Intercept = (_operation, answer) => answer,
): Promise<SimulatedService> {
  const simulated = await simulateService(options)
  const { clock } = simulated
  const calls: { operation: string; at: number }[] = []
  const { clients } = fakeAws(
    Object.fromEntries(
      operations.map((operation) => [
        operation,
        (input: object) => {
          calls.push({ operation, at: clock.now() })
          return intercept(operation, dated(simulated.call(operation, input)) as Answer, simulated)
        },
      ]),
    ),
  )
  let revision = 1
  const update = () => {
    revision += 1
    return simulated.deploy(image(revision))
  }
  return {
    stage: simulated,
    async deploy() {
      update()
      await simulated.settle()
    },
    async watch(everySecond = () => {}) {
      calls.length = 0
      const startedAt = clock.now()
      const { id = '', taskDefinition = '' } = update()
      const arn = simulated.serviceDeployments()[0]?.serviceDeploymentArn ?? ''
      calls.length = 0
      const reports: { ageMs: number; summary: string }[] = []
      const known: { ending?: WatchEnd; at: number } = { at: Infinity }
      const watched = watchRollout(createPoller(clients, { clock }), {
        cluster: 'mailman',
        name: 'api',
        service: 'api',
        expected: {
          taskDefinition,
          deploymentId: id,
          serviceDeploymentArn: arn,
          digests: { api: digest(revision) },
        },
        deadline: startedAt + 3_600_000,
        pace: defaultPace,
        signal: new AbortController().signal,
        report: ({ summary, observedAt }) =>
          reports.push({ ageMs: observedAt - startedAt, summary }),
      })
      const done = watched.then((ending) => {
        Object.assign(known, { ending, at: clock.now() })
      })
      // The await below throws its error.
      done.catch(() => {})
      for (let ageMs = 0; known.ending === undefined && ageMs < 3_600_000; ageMs += 1_000) {
        everySecond(ageMs)
        await clock.advanceUntil(() => known.ending !== undefined, 1_000)
      }
      await done
      const record = simulated.serviceDeployments().find((one) => one.serviceDeploymentArn === arn)
      const endedAt = Number(record?.finishedAt) * 1_000
      return {
        ending: known.ending,
        tookMs: endedAt - startedAt,
        lagMs: known.at - endedAt,
        calls: calls.map(({ operation, at }) => ({ operation, ageMs: at - startedAt })),
        reports,
      }
    },
  }
}

const operations = [
  'DescribeServices',
  'DescribeServiceDeployments',
  'ListServiceDeployments',
  'DescribeServiceRevisions',
  'ListTasks',
  'DescribeTasks',
  'DescribeTargetHealth',
]
