import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { limitsOf } from '../../ecs/rollouts/scale.ts'
import type { Behaviour } from '../../runtime/scripted.ts'
import { first, simulateService, type ServiceSimulation } from './service-simulation.ts'

/** Behaviours of a revision, the good one first. */
const versions: readonly Behaviour[] = [
  {},
  { exits: { afterMs: 400 } },
  { exits: { afterMs: 90_000 } },
  { pullFails: true },
  { probe: () => 404 },
  { startMs: 60_000, stopMs: 20_000 },
]

type Step =
  | { readonly do: 'deploy'; readonly version: number }
  | { readonly do: 'force' }
  | { readonly do: 'scale'; readonly to: number }
  | { readonly do: 'stop'; readonly how: 'ROLLBACK' | 'ABORT' }
  | { readonly do: 'kill' }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.nat(versions.length - 1).map((version) => ({ do: 'deploy', version }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'force' } as const) },
  { weight: 1, arbitrary: fc.nat(5).map((to) => ({ do: 'scale', to }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('ROLLBACK', 'ABORT').map((how) => ({ do: 'stop', how }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' } as const) },
  { weight: 4, arbitrary: fc.nat(200_000).map((ms) => ({ do: 'wait', ms }) as const) },
)

const plan = fc.record({
  desired: fc.nat(4),
  minimum: fc.constantFrom(0, 50, 100),
  maximum: fc.constantFrom(150, 200),
  breaker: fc.boolean(),
  rollback: fc.boolean(),
  loadBalancer: fc.boolean(),
  strategy: fc.constantFrom('ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'),
  steps: fc.array(step, { maxLength: 12 }),
})

test('whatever happens to a service, its records agree and a good deployment repairs it', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (given) => {
      const chosen: number[] = [0, 0]
      const simulation = await simulateService({
        desiredCount: given.desired,
        // Without a load balancer there is no traffic to shift in steps.
        loadBalancer: given.strategy === 'ROLLING' ? given.loadBalancer : 'blue-green',
        behave: (revision) => versions[chosen[revision] ?? 0] ?? {},
        deploymentConfiguration: {
          strategy: given.strategy,
          ...(given.strategy === 'ROLLING' ? {} : { bakeTimeInMinutes: 2 }),
          ...(given.strategy === 'LINEAR' && { linearConfiguration: { stepPercent: 30 } }),
          minimumHealthyPercent: given.minimum,
          maximumPercent: given.maximum,
          deploymentCircuitBreaker: { enable: given.breaker, rollback: given.rollback },
        },
      })
      for (const next of given.steps) {
        await take(simulation, next, chosen)
        check(simulation)
        checkAtRest(simulation)
      }
      chosen.push(0)
      const { id } = simulation.deploy('registry/api:good')
      const ended = await simulation.clock.advanceUntil(() => {
        check(simulation)
        return simulation.primary().rolloutState === 'COMPLETED'
      }, 3_600_000)
      const { minimum, maximum } = limitsOf(first(Object.values(simulation.engine.state.services)))
      assert.ok(ended || (maximum <= minimum && maximum > 0), 'it never completed')
      assert.equal(simulation.primary().id, id)
      if (!ended) return
      assert.equal(simulation.service().runningCount, simulation.service().desiredCount)
      assert.equal(first(simulation.serviceDeployments()).status, 'SUCCESSFUL')
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 40) },
  )
})

async function take(simulation: ServiceSimulation, next: Step, chosen: number[]): Promise<void> {
  const service = { cluster: 'mailman', service: 'api' }
  switch (next.do) {
    case 'deploy':
      chosen.push(next.version)
      simulation.deploy(`registry/api:${chosen.length}`)
      break
    case 'force':
      simulation.call('UpdateService', { ...service, forceNewDeployment: true })
      break
    case 'scale':
      simulation.call('UpdateService', { ...service, desiredCount: next.to })
      break
    case 'stop': {
      const { currentServiceDeployment: serviceDeploymentArn } = simulation.service()
      if (serviceDeploymentArn === undefined) break
      simulation.call('StopServiceDeployment', { serviceDeploymentArn, stopType: next.how })
      break
    }
    case 'kill':
      for (const { id } of simulation.runtime.started().slice(-1)) simulation.runtime.kill(id, 1)
      break
    case 'wait':
      await simulation.clock.advance(next.ms)
  }
}

const over = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])

function check({ service, serviceDeployments }: ServiceSimulation): void {
  const { deployments = [], runningCount, pendingCount } = service()
  assert.deepEqual(
    deployments.map(({ status }) => status),
    deployments.map((_, index) => (index === 0 ? 'PRIMARY' : 'ACTIVE')),
  )
  const sum = (field: 'runningCount' | 'pendingCount'): number =>
    deployments.reduce((total, deployment) => total + (deployment[field] ?? 0), 0)
  assert.deepEqual([sum('runningCount'), sum('pendingCount')], [runningCount, pendingCount])
  const records = serviceDeployments()
  const open = records.filter(({ status = '' }) => !over.has(status) && status !== 'STOP_REQUESTED')
  assert.ok(open.length <= 1)
  for (const { status = '', finishedAt } of records) {
    assert.equal(finishedAt !== undefined, over.has(status))
  }
}

/** At rest, another pass of the scheduler changes nothing. */
function checkAtRest({ engine, service }: ServiceSimulation): void {
  const { serviceArn = '' } = service()
  engine.reconcile(serviceArn)
  engine.reconcile(serviceArn)
  const settled = JSON.stringify(engine.state)
  engine.reconcile(serviceArn)
  assert.equal(JSON.stringify(engine.state), settled)
}
