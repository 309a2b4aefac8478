import type { RevisionRecord, ServiceRecord } from '../records.ts'

/** The target group in which a load balancer of a service registers the tasks of a revision. */
export function targetGroupOf(
  { alternate }: Pick<RevisionRecord, 'alternate'>,
  { targetGroupArn, advancedConfiguration }: ServiceRecord['loadBalancers'][number],
): string {
  return (
    (alternate === true && advancedConfiguration?.alternateTargetGroupArn) || (targetGroupArn ?? '')
  )
}
