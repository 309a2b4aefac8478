import type { Engine } from './engine.ts'

/** `arn:aws:ecs:<region>:<account>:<rest>` */
export function ecsArn(engine: Pick<Engine, 'region' | 'account'>, rest: string): string {
  return `arn:aws:ecs:${engine.region}:${engine.account}:${rest}`
}

/** The part of an ARN after its last `/`, or a plain name as it is: ECS accepts both everywhere. */
export function nameOf(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf('/') + 1)
}
