import { createPoller } from '../../../../activities/polling/poller.ts'
import { defaultPace } from '../../../../activities/deploy/pace.ts'
import { watchRollout } from '../../../../activities/deploy/watch.ts'
import { type WatchEnd } from '../../../../activities/deploy/watched.ts'
import { dated } from '../../rollout/simulated-observation.ts'
import { stage, type Stage, type StageOptions } from '../../../../simulator/test/unit/stage.ts'
import { fakeAws } from '../fake-aws.ts'

const digest = (revision: number) => `sha256:${String(revision % 10).repeat(64)}`
const image = (revision: number) => `registry/api@${digest(revision)}`

/** A service on the simulator's engine, and what waiting for its rollouts takes. */
export interface Watching {
  readonly stage: Stage
  /** Deploys the next revision, and lets it come to its end unwatched. */
  deploy(): Promise<void>
  /** Deploys the next revision and waits for it, by the clock. `meanwhile` is called each second. */
  watch(meanwhile?: (ageMs: number) => void): Promise<Watched>
}

export interface Watched {
  readonly ending: WatchEnd | undefined
  /** From the update to the end of the record, and from there to the waiter knowing it, in ms. */
  readonly tookMs: number
  readonly lagMs: number
  /** Calls, with their age in milliseconds. */
  readonly calls: readonly { readonly operation: string; readonly ageMs: number }[]
  readonly said: readonly { readonly ageMs: number; readonly summary: string }[]
}

type Answer = Record<string, unknown>
/** Changes what AWS answers to an operation. */
export type Meddle = (operation: string, answer: Answer, stage: Stage) => Answer

/** No process, no network and no time but the stage's own. */
export async function watchingOf(
  options: StageOptions,
  meddle: Meddle = (_operation, answer) => answer,
): Promise<Watching> {
  const made = await stage(options)
  const { clock } = made
  const calls: { operation: string; at: number }[] = []
  const { clients } = fakeAws(
    Object.fromEntries(
      operations.map((operation) => [
        operation,
        (input: object) => {
          calls.push({ operation, at: clock.now() })
          return meddle(operation, dated(made.call(operation, input)) as Answer, made)
        },
      ]),
    ),
  )
  let revision = 1
  const update = () => {
    revision += 1
    return made.deploy(image(revision))
  }
  return {
    stage: made,
    async deploy() {
      update()
      await made.settle()
    },
    async watch(meanwhile = () => {}) {
      calls.length = 0
      const startedAt = clock.now()
      const { id = '', taskDefinition = '' } = update()
      const arn = made.serviceDeployments()[0]?.serviceDeploymentArn ?? ''
      calls.length = 0
      const said: { ageMs: number; summary: string }[] = []
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
        say: ({ summary, observedAt }) => said.push({ ageMs: observedAt - startedAt, summary }),
      })
      const done = watched.then((ending) => {
        Object.assign(known, { ending, at: clock.now() })
      })
      // Thrown where it is waited for, below.
      done.catch(() => {})
      for (let ageMs = 0; known.ending === undefined && ageMs < 3_600_000; ageMs += 1_000) {
        meanwhile(ageMs)
        await clock.advanceUntil(() => known.ending !== undefined, 1_000)
      }
      await done
      const record = made.serviceDeployments().find((one) => one.serviceDeploymentArn === arn)
      const endedAt = Number(record?.finishedAt) * 1_000
      return {
        ending: known.ending,
        tookMs: endedAt - startedAt,
        lagMs: known.at - endedAt,
        calls: calls.map(({ operation, at }) => ({ operation, ageMs: at - startedAt })),
        said,
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
