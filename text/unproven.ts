import { shortName } from '../rollout/arn.ts'
import type { Unreadable } from '../rollout/observation.ts'

/**
 * What is not proven of a service that ECS says it has rolled back, why not, and the commands to look
 * at it: one sentence for each.
 */
export function unprovenText(
  unreadable: readonly Unreadable[],
  { cluster, ecsService }: { readonly cluster: string; readonly ecsService: string },
): string {
  return unreadable.map((one) => sentence(one, cluster, ecsService)).join(' ')
}

function sentence(one: Unreadable, cluster: string, service: string): string {
  const [what, command] =
    one.what === 'tasks'
      ? [
          'which images its tasks run cannot be read',
          `aws ecs list-tasks --cluster ${cluster} --service-name ${service}`,
        ]
      : [
          `whether its targets in target group ${groupName(one.targetGroupArn)} are healthy cannot be read`,
          `aws elbv2 describe-target-health --target-group-arn ${one.targetGroupArn}`,
        ]
  return `ECS says that service "${service}" runs again what ran before, but ${what}: ${one.reason.replace(/\.$/, '')}. Look: ${command}.`
}

/** `…:targetgroup/hello-api/0123456789abcdef` → `hello-api` */
function groupName(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? shortName(targetGroupArn)
}
