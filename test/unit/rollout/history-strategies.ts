import * as fc from 'fast-check'
import type { ServiceSimulation } from '../../../simulator/test/unit/service-simulation.ts'

/** How a history's service shifts its traffic, and which hook runs on the way. */
export const strategy = fc.record({
  strategy: fc.constantFrom('ROLLING', 'ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'),
  bakeMinutes: fc.constantFrom(0, 2),
  stepMinutes: fc.constantFrom(0, 1),
  hook: fc.constantFrom(undefined, undefined, 'AWS_LAMBDA', 'PAUSE'),
  at: fc.constantFrom(
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ),
  timeoutAction: fc.constantFrom('CONTINUE', 'ROLLBACK'),
})

export type Strategy = typeof strategy extends fc.Arbitrary<infer Value> ? Value : never

/** Whether a history's service deploys in stages. */
export function isStaged({ strategy: name }: Strategy): boolean {
  return name !== 'ROLLING'
}

/** The deployment configuration of a strategy, without hooks: those come with our release. */
export function configurationOf(
  { strategy: name, bakeMinutes, stepMinutes }: Strategy,
  loadBalancer: boolean,
): object {
  if (name === 'ROLLING') return {}
  const common = { bakeTimeInMinutes: bakeMinutes }
  // Without traffic there are no steps.
  if (name === 'BLUE_GREEN' || !loadBalancer) return { strategy: 'BLUE_GREEN', ...common }
  return name === 'LINEAR'
    ? {
        strategy: name,
        ...common,
        linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: stepMinutes },
      }
    : {
        strategy: name,
        ...common,
        canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: stepMinutes },
      }
}

/** What our release changes in the service beside its task definition. */
export function hooksOf({ strategy: name, hook, at, timeoutAction }: Strategy): object {
  if (name === 'ROLLING' || hook === undefined) return {}
  const lambda = { hookTargetArn: 'arn:aws:lambda:::function:check', roleArn: 'arn:r' }
  const timeoutConfiguration = { timeoutInMinutes: 5, action: timeoutAction }
  const lifecycleHooks = [
    {
      targetType: hook,
      lifecycleStages: [at],
      timeoutConfiguration,
      ...(hook === 'AWS_LAMBDA' ? lambda : {}),
    },
  ]
  return { deploymentConfiguration: { lifecycleHooks } }
}

/** Answers every hook that waits for a person. */
export function answerPauses(played: ServiceSimulation, action: 'CONTINUE' | 'ROLLBACK'): void {
  for (const {
    serviceDeploymentArn,
    status,
    lifecycleHookDetails,
  } of played.serviceDeployments()) {
    for (const { hookId, status: hookStatus } of lifecycleHookDetails ?? []) {
      if (status !== 'IN_PROGRESS' || hookStatus !== 'AWAITING_ACTION') continue
      played.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId, action })
    }
  }
}
