import * as fc from 'fast-check'
import { setAlarm, setCapacity } from '../../../simulator/ecs/index.ts'
import type { Behaviour } from '../../../simulator/runtime/scripted.ts'
import type { ServiceSimulation } from '../../../simulator/test/unit/service-simulation.ts'
import { answerPauses, isStaged, strategy } from './history-strategies.ts'

/** How the tasks of a version behave, the good one first. */
export const versions: readonly Behaviour[] = [
  {},
  { exits: { afterMs: 400 } },
  // Runs long enough to be healthy, then dies: the circuit breaker never counts it.
  { exits: { afterMs: 90_000 } },
  { pullFails: true },
  { probe: () => 404 },
  { startMs: 60_000, stopMs: 20_000 },
  { tellsDigests: false },
]

/** What may happen to a service: people, ECS and the world around it act. */
export type Happening =
  | { readonly do: 'deploy'; readonly version: number }
  | { readonly do: 'force' }
  | { readonly do: 'scale'; readonly to: number }
  | { readonly do: 'stop'; readonly how: 'ROLLBACK' | 'ABORT' }
  | { readonly do: 'kill' }
  | { readonly do: 'alarm' }
  | { readonly do: 'capacity'; readonly out: boolean }
  | { readonly do: 'deregister' }
  | { readonly do: 'function'; readonly answers: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS' }
  | { readonly do: 'answer'; readonly action: 'CONTINUE' | 'ROLLBACK' }
  | { readonly do: 'wait'; readonly ms: number }

const constant = <const One extends Happening>(one: One) => fc.constant(one)

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.nat(versions.length - 1).map((version) => ({ do: 'deploy', version }) as const),
  },
  { weight: 1, arbitrary: constant({ do: 'force' }) },
  { weight: 2, arbitrary: fc.nat(4).map((to) => ({ do: 'scale', to }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('ROLLBACK', 'ABORT').map((how) => ({ do: 'stop', how }) as const),
  },
  { weight: 1, arbitrary: constant({ do: 'kill' }) },
  { weight: 1, arbitrary: constant({ do: 'alarm' }) },
  { weight: 1, arbitrary: fc.boolean().map((out) => ({ do: 'capacity', out }) as const) },
  { weight: 1, arbitrary: constant({ do: 'deregister' }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('SUCCEEDED', 'FAILED', 'IN_PROGRESS')
      .map((answers) => ({ do: 'function', answers }) as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('CONTINUE', 'CONTINUE', 'ROLLBACK')
      .map((action) => ({ do: 'answer', action }) as const),
  },
  { weight: 8, arbitrary: fc.nat(200_000).map((ms) => ({ do: 'wait', ms }) as const) },
)

/** A service, what happens to it, our release of a version, and what happens after that. */
export const history = fc.record({
  desired: fc.nat(3),
  minimum: fc.constantFrom(0, 50, 100),
  maximum: fc.constantFrom(150, 200),
  breaker: fc.boolean(),
  rollback: fc.boolean(),
  alarms: fc.boolean(),
  loadBalancer: fc.boolean(),
  traffic: strategy,
  /** Whether the endpoint has service deployments. */
  records: fc.boolean(),
  /** Whether the release knows the ARN of its own. */
  knowsRecord: fc.boolean(),
  /** Whether its rollback knows which deployment it started. */
  knowsDeployment: fc.boolean(),
  first: fc.constantFrom(0, 0, 0, 1),
  before: fc.array(happening, { maxLength: 3 }),
  version: fc.nat(versions.length - 1),
  after: fc.array(happening, { maxLength: 5 }),
})

/** Histories in which traffic shifts to a version that may be good, until a person or an alarm objects. */
export const shiftingHistory: fc.Arbitrary<History> = fc
  .tuple(
    history,
    strategy.filter(isStaged),
    fc.integer({ min: 20_000, max: 300_000 }),
    fc.constantFrom<Happening>(
      { do: 'stop', how: 'ROLLBACK' },
      { do: 'stop', how: 'ABORT' },
      { do: 'alarm' },
      { do: 'answer', action: 'ROLLBACK' },
      { do: 'function', answers: 'FAILED' },
      { do: 'force' },
      { do: 'kill' },
    ),
  )
  .map(([given, traffic, ms, objection]) => ({
    ...given,
    traffic,
    desired: Math.max(1, given.desired),
    loadBalancer: true,
    alarms: true,
    rollback: true,
    first: 0,
    before: [],
    version: given.version % 2 === 0 ? 0 : given.version,
    after: [{ do: 'wait', ms } as const, objection, ...given.after.slice(0, 2)],
  }))

export type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never

/** Lets one thing happen. Calls `watch` after each step of the engine that takes time. */
export async function act(
  played: ServiceSimulation,
  next: Happening,
  chosen: number[],
  watch: () => void = () => {},
): Promise<void> {
  const service = { cluster: 'mailman', service: 'api' }
  switch (next.do) {
    case 'deploy':
      chosen.push(next.version)
      played.deploy(`registry/api:${chosen.length}`)
      break
    case 'force':
      played.call('UpdateService', { ...service, forceNewDeployment: true })
      break
    case 'scale':
      played.call('UpdateService', { ...service, desiredCount: next.to })
      break
    case 'stop': {
      const { currentServiceDeployment: serviceDeploymentArn } = played.service()
      if (serviceDeploymentArn === undefined) break
      played.call('StopServiceDeployment', { serviceDeploymentArn, stopType: next.how })
      break
    }
    case 'kill':
      for (const { id } of played.runtime.started().slice(-1)) played.runtime.kill(id, 1)
      break
    case 'alarm':
      setAlarm(played.engine, 'errors', 'ALARM')
      break
    case 'capacity':
      setCapacity(played.engine, next.out ? 'No Container Instances were found.' : undefined)
      break
    case 'deregister':
      played.call('DeregisterTaskDefinition', { taskDefinition: `api:${chosen.length - 1}` })
      break
    case 'function':
      played.engine.state.hookAnswers['check'] = { hookStatus: next.answers }
      break
    case 'answer':
      answerPauses(played, next.action)
      break
    case 'wait':
      await played.clock.advanceUntil(() => {
        watch()
        return false
      }, next.ms)
  }
}
