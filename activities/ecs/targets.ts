import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObservedTarget } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { sending } from './services.ts'

/** The health of every target in the target groups of a service, as the load balancer sees it. */
export async function targetsOf(
  clients: AwsClients,
  targetGroupArns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<readonly ObservedTarget[]> {
  const groups = await Promise.all(
    targetGroupArns.map(async (TargetGroupArn) => {
      const answer = await clients.elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
        sending(abortSignal),
      )
      return (answer.TargetHealthDescriptions ?? []).map((one) =>
        observedTarget(TargetGroupArn, one),
      )
    }),
  )
  return groups.flat()
}

/** A target as the load balancer describes it. */
export function observedTarget(
  targetGroupArn: string,
  { Target, TargetHealth }: TargetHealthDescription,
): ObservedTarget {
  return {
    targetGroupArn,
    id: Target?.Id ?? '',
    port: Target?.Port ?? 0,
    state: TargetHealth?.State ?? '',
    reason: TargetHealth?.Reason ?? '',
    description: TargetHealth?.Description ?? '',
  }
}
