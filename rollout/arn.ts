/** `arn:aws:ecs:…:task-definition/mailman-api:42` → `mailman-api` */
export function familyOf(taskDefinition: string): string {
  return (taskDefinition.split('/').at(-1) ?? taskDefinition).replace(/:\d+$/, '')
}

/** `arn:aws:ecs:…:task-definition/mailman-api:42` → 42 */
export function revisionNumber(taskDefinition: string): number {
  return Number(taskDefinition.slice(taskDefinition.lastIndexOf(':') + 1))
}

/** `arn:aws:ecs:…:task-definition/mailman-api:42` → `mailman-api:42`; also of a cluster. */
export function shortName(arn: string): string {
  return arn.split('/').at(-1) ?? arn
}
