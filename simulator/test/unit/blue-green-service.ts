import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { first, stage, type Stage, type StageOptions } from './stage.ts'

export const minute = 60_000

/** A service in two colours that deploys as `deploymentConfiguration` says. */
export const coloured = (deploymentConfiguration: object, options: StageOptions = {}) =>
  stage({ loadBalancer: 'colours', deploymentConfiguration, ...options })

/** The newest service deployment. */
export const current = (played: Stage): ServiceDeployment => first(played.serviceDeployments())

/** Weight of each target group by the rule, `[of the first, of the other]`, in percent. */
export function weights(
  played: Stage,
  rule: 'productionListenerRule' | 'testListenerRule',
): number[] {
  const { Rules } = played.call('DescribeRules', { RuleArns: [played.colours[rule]] })
  const groups = first(Rules as { Actions: { ForwardConfig: ForwardConfig }[] }[]).Actions[0]
    ?.ForwardConfig.TargetGroups
  const all = (groups ?? []).reduce((sum, { Weight }) => sum + Weight, 0)
  return [played.targetGroup, played.colours.alternateTargetGroupArn].map((arn) => {
    const group = groups?.find(({ TargetGroupArn }) => TargetGroupArn === arn)
    return Math.round(((group?.Weight ?? 0) / all) * 1000) / 10
  })
}

interface ForwardConfig {
  readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[]
}

/** The stages that a deployment passes, each with the production traffic that it gives to green. */
export async function stagesOf(played: Stage): Promise<string[]> {
  const seen: string[] = []
  await played.settle(() => {
    const { lifecycleStage, targetServiceRevision } = current(played)
    const weight = targetServiceRevision?.requestedProductionTrafficWeight
    const said = `${lifecycleStage} ${weight}`
    if (lifecycleStage !== undefined && seen.at(-1) !== said) seen.push(said)
  })
  return seen
}
