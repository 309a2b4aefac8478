import type { Observation } from './observation.ts'

type Read = Pick<Observation, 'unreadable'>

export function tasksAreUnreadable({ unreadable = [] }: Read): boolean {
  return unreadable.some(({ what }) => what === 'tasks')
}

export function targetsAreUnreadable({ unreadable = [] }: Read, targetGroupArn: string): boolean {
  return unreadable.some((one) => one.what === 'targets' && one.targetGroupArn === targetGroupArn)
}
