import type { Engine } from './engine.ts'

/** `arn:aws:ecs:<region>:<account>:<rest>` */
export function ecsArn(engine: Pick<Engine, 'region' | 'account'>, rest: string): string {
  return `arn:aws:ecs:${engine.region}:${engine.account}:${rest}`
}

/** What comes after the last `/` of an ARN, or the text itself: ECS takes a name wherever it takes an ARN. */
export function nameOf(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1)
}
