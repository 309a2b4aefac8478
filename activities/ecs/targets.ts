import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObservedTarget } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { requestOptions } from './services.ts'

/** The health of every target in these target groups, as the load balancer reports it. */
export async function targetsOf(
  clients: AwsClients,
  targetGroupArns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<readonly ObservedTarget[]> {
  const groups = await Promise.all(
    targetGroupArns.map(async (TargetGroupArn) => {
      const answer = await clients.elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
        requestOptions(abortSignal),
      )
      return (answer.TargetHealthDescriptions ?? []).map((target) =>
        observedTarget(TargetGroupArn, target),
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
