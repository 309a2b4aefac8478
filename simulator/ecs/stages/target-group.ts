import type { RevisionRecord, ServiceRecord } from '../records.ts'

/** Where the tasks of a revision are registered, one for each load balancer of the service. */
export function targetGroupOf(
  { alternate }: Pick<RevisionRecord, 'alternate'>,
  { targetGroupArn, advancedConfiguration }: ServiceRecord['loadBalancers'][number],
): string {
  return (
    (alternate === true && advancedConfiguration?.alternateTargetGroupArn) || (targetGroupArn ?? '')
  )
}
