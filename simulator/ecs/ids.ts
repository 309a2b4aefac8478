import { randomBytes, randomInt } from 'node:crypto'

/** 32 hexadecimal digits: a task's id. */
export function taskId(): string {
  return randomBytes(16).toString('hex')
}

/** `ecs-svc/` and 19 digits. */
export function deploymentId(): string {
  return `ecs-svc/${digits(19)}`
}

/** The number of a service revision. */
export function revisionId(): string {
  return digits(19)
}

/** 21 characters, as AWS has them: `NCWGC2ZR-taawPAYrIaU5`. */
export function serviceDeploymentId(): string {
  return randomBytes(16).toString('base64url').slice(0, 21)
}

/** 16 hexadecimal digits, the end of an ELBv2 ARN. */
export function elbId(): string {
  return randomBytes(8).toString('hex')
}

function digits(count: number): string {
  return Array.from({ length: count }, (_, index) => randomInt(index === 0 ? 1 : 0, 10)).join('')
}
