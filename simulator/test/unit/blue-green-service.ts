import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import {
  first,
  simulateService,
  type ServiceSimulation,
  type SimulationOptions,
} from './service-simulation.ts'

export const minute = 60_000

/** A service with blue/green routing and this `deploymentConfiguration`. */
export const simulateBlueGreen = (
  deploymentConfiguration: object,
  options: SimulationOptions = {},
) => simulateService({ loadBalancer: 'blue-green', deploymentConfiguration, ...options })

/** The newest service deployment. */
export const current = (simulation: ServiceSimulation): ServiceDeployment =>
  first(simulation.serviceDeployments())

/** The weight of each target group in a rule, `[first, alternate]`, in percent. */
export function weights(
  simulation: ServiceSimulation,
  rule: 'productionListenerRule' | 'testListenerRule',
): number[] {
  const { Rules } = simulation.call('DescribeRules', { RuleArns: [simulation.routing[rule]] })
  const groups = first(Rules as { Actions: { ForwardConfig: ForwardConfig }[] }[]).Actions[0]
    ?.ForwardConfig.TargetGroups
  const all = (groups ?? []).reduce((sum, { Weight }) => sum + Weight, 0)
  return [simulation.targetGroup, simulation.routing.alternateTargetGroupArn].map((arn) => {
    const group = groups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)
    return Math.round(((group?.Weight ?? 0) / all) * 1000) / 10
  })
}

interface ForwardConfig {
  readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[]
}

/** The stages of a deployment, each with green's share of production traffic. */
export async function stagesOf(simulation: ServiceSimulation): Promise<string[]> {
  const seen: string[] = []
  await simulation.settle(() => {
    const { lifecycleStage, targetServiceRevision } = current(simulation)
    const weight = targetServiceRevision?.requestedProductionTrafficWeight
    const stage = `${lifecycleStage} ${weight}`
    if (lifecycleStage !== undefined && seen.at(-1) !== stage) seen.push(stage)
  })
  return seen
}
