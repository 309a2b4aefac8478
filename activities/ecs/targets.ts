import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObservedTarget } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName } from '../aws/errors.ts'
import { failure } from '../temporal/failures.ts'
import { requestOptions } from './services.ts'

/**
 * The health of every target in these target groups, as the load balancer reports it.
 *
 * Fails as `PreconditionFailed` if a target group does not exist.
 */
export async function targetsOf(
  clients: AwsClients,
  targetGroupArns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<readonly ObservedTarget[]> {
  const groups = await Promise.all(
    targetGroupArns.map(async (TargetGroupArn) => {
      const answer = await clients.elb
        .send(new DescribeTargetHealthCommand({ TargetGroupArn }), requestOptions(abortSignal))
        .catch((error: unknown) => {
          throw isMissingGroup(error) ? missingGroup(TargetGroupArn) : error
        })
      return (answer.TargetHealthDescriptions ?? []).map((target) =>
        observedTarget(TargetGroupArn, target),
      )
    }),
  )
  return groups.flat()
}

/** On the wire the code lacks "Exception"; the AWS SDK adds it. */
function isMissingGroup(error: unknown): boolean {
  return errorName(error).startsWith('TargetGroupNotFound')
}

function missingGroup(arn: string) {
  return failure(
    'PreconditionFailed',
    `Target group "${arn.split('/').at(-2) ?? arn}" does not exist (${arn}), but the service still names it. Give the service one that exists ("aws ecs update-service --load-balancers", or the target_group_arn in Terraform), and try again.`,
  )
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
