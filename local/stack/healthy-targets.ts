import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Target } from './load-balancer.ts'

/** Where a load balancer would send requests now. */
export async function healthyTargets(
  elb: ElasticLoadBalancingV2Client,
  targetGroupArn: string,
): Promise<readonly Target[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  )
  return TargetHealthDescriptions.filter(
    ({ TargetHealth }) => TargetHealth?.State === 'healthy',
  ).flatMap(({ Target: target }) =>
    target?.Id === undefined || target.Port === undefined
      ? []
      : [{ host: target.Id, port: target.Port }],
  )
}
