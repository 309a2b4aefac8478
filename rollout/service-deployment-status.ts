import type { ObservedServiceDeployment } from './observation.ts'

type Status = Pick<ObservedServiceDeployment, 'status'>

/** Whether ECS still brings a service deployment to its target revision. */
export function isUnderWay({ status }: Status): boolean {
  return status === 'PENDING' || status === 'IN_PROGRESS'
}

/** Whether ECS is stopping a service deployment or rolling it back. */
export function isRollingBack({ status }: Status): boolean {
  return rollingBack.has(status)
}

const rollingBack: ReadonlySet<string> = new Set([
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
])
