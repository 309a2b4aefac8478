import * as fc from 'fast-check'
import { plainControls } from '../../../contract/messages.ts'
import type { PlainControl } from '../../../contract/controls.ts'

/** How a rollout goes that is waited for: it ends so at once, or lasts until this changes. */
export type Rollouts = 'live' | 'unhealthy' | 'held'

/** A control or request reaches the environment as an Update, which is answered, or as a signal. */
export type Way = 'update' | 'signal'

/** One thing that happens to an environment. */
export type Step =
  /** `commit` and `queue` are small numbers: equal ones are the same commit or release task queue. */
  | { readonly kind: 'deploy'; readonly way: Way; readonly commit: number; readonly queue: number }
  | { readonly kind: 'redeploy'; readonly way: Way }
  | { readonly kind: 'rollback'; readonly way: Way; readonly to?: number }
  | { readonly kind: 'control'; readonly way: Way; readonly control: PlainControl }
  | { readonly kind: 'freeze for a moment'; readonly way: Way }
  /** Three requests in one moment: they meet in one workflow task, or in several. */
  | { readonly kind: 'burst'; readonly steps: readonly Step[] }
  | { readonly kind: 'malformed signal'; readonly name: string }
  | { readonly kind: 'cancel the workflow in Temporal' }
  | { readonly kind: 'rollouts'; readonly rollouts: Rollouts }
  | { readonly kind: 'wait for the release' }
  | { readonly kind: 'replace the worker' }

const way = fc.constantFrom<Way>('update', 'signal')

const request: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      way,
      commit: fc.nat({ max: 4 }),
      queue: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redeploy' as const), way }) },
  {
    weight: 3,
    arbitrary: fc.record(
      { kind: fc.constant('rollback' as const), way, to: fc.nat({ max: 4 }) },
      { requiredKeys: ['kind', 'way'] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('control' as const),
      way,
      control: fc.constantFrom(...plainControls),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('freeze for a moment' as const), way }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('malformed signal' as const),
      name: fc.constantFrom('thaw', 'release', 'rollback', 'freeze', 'cancel'),
    }),
  },
)

const event: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('rollouts' as const),
      rollouts: fc.constantFrom<Rollouts>('live', 'live', 'unhealthy', 'held', 'held', 'held'),
    }),
  },
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'replace the worker' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'wait for the release' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'cancel the workflow in Temporal' }) },
)

/** What happens to an environment and its workers, in order; and how much the workers remember. */
export interface Sequence {
  readonly steps: readonly Step[]
  /** 0: every workflow task replays the whole history. */
  readonly cachedWorkflows: 0 | 1 | 100
  readonly needsApproval: boolean
  readonly policy: 'supersede' | 'queue' | 'reject'
}

export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  steps: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: request },
      { weight: 4, arbitrary: event },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('burst' as const),
          steps: fc.array(request, { minLength: 3, maxLength: 3 }),
        }),
      },
    ),
    { minLength: 6, maxLength: 20 },
  ),
  cachedWorkflows: fc.constantFrom(0, 0, 1, 100),
  needsApproval: fc.constantFrom(false, false, true),
  policy: fc.constantFrom('supersede', 'supersede', 'queue', 'reject'),
})
