/** `arn:aws:ecs:…:task-definition/mailman-api:42` → `mailman-api` */
export function familyOf(taskDefinition: string): string {
  return (taskDefinition.split('/').at(-1) ?? taskDefinition).replace(/:\d+$/, '')
}

/** `arn:aws:ecs:…:task-definition/mailman-api:42` → `mailman-api:42` */
export function shortName(taskDefinition: string): string {
  return taskDefinition.split('/').at(-1) ?? taskDefinition
}
