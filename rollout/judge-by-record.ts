import { said, failed, succeeded, waiting, replaced } from './make-verdict.ts'
import { deploymentOf, reasonOf } from './record.ts'
import {
  gapBefore,
  isAlmostBack,
  hasOwnRecord,
  type JudgedDeployment,
} from './judged-deployment.ts'
import { whatIsMissing } from './serving.ts'
import { type Verdict } from './verdict.ts'
import { type ObservedServiceDeployment } from './observation.ts'

export function judgeByRecord(
  judged: JudgedDeployment,
  record: ObservedServiceDeployment,
): Verdict {
  const { observation, expected, primary } = judged
  const { status } = record
  if (hasOwnRecord(judged, record)) return replaced(primary, wasOver.get(status))
  switch (status) {
    case 'SUCCESSFUL':
      return judgeSuccessful(judged, record)
    case 'ROLLBACK_SUCCESSFUL':
      return judgeRolledBack(judged, record)
    case 'ROLLBACK_FAILED':
      return { kind: 'failed', cause: { kind: 'rollback failed', reason: reasonOf(record) } }
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS': {
      const isStopping = status === 'STOP_REQUESTED'
      const kind = isStopping ? 'ECS is stopping' : 'ECS is rolling back'
      return waiting(observation, expected, {
        gap: { kind, reason: reasonOf(record) },
        nearEnd: isStopping || isAlmostBack(judged),
      })
    }
    case 'STOPPED':
      return primary.id === expected.deploymentId
        ? { kind: 'failed', cause: { kind: 'stopped', reason: reasonOf(record) } }
        : { ...replaced(primary), stopped: reasonOf(record) }
    default:
      return judgeUnderWay(judged, record)
  }
}

const wasOver: ReadonlyMap<string, 'success' | 'rollback'> = new Map([
  ['SUCCESSFUL', 'success'],
  ['ROLLBACK_SUCCESSFUL', 'rollback'],
])

function judgeSuccessful(judged: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = judged
  if (primary.id !== expected.deploymentId) return replaced(primary, 'success')
  // The record of blue says SUCCESSFUL also while ECS is still shifting back to it.
  const gap =
    whatIsMissing(observation, expected, record.targetDigests) ??
    (primary.rolloutState === 'IN_PROGRESS' ? ({ kind: 'ECS not done' } as const) : undefined)
  return gap === undefined
    ? succeeded(observation, 'service deployment')
    : waiting(observation, expected, { gap, record, nearEnd: true })
}

function judgeRolledBack(judged: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = judged
  const to = record.rollbackTaskDefinition || expected.before?.taskDefinition
  const reason = reasonOf(record)
  if (primary.id === expected.deploymentId) {
    const gap = { kind: 'rollback target unsaid', reason } as const
    return waiting(observation, expected, { gap, nearEnd: true })
  }
  if (to !== undefined && to !== primary.taskDefinition) {
    return replaced(primary, 'rollback')
  }
  const rest = gapBefore(judged, record.rollbackDigests)
  if (rest === undefined) return { kind: 'rolled_back', reason }
  const gap = { kind: 'rollback not complete', reason, rest } as const
  return waiting(observation, expected, { gap, nearEnd: true })
}

function judgeUnderWay(judged: JudgedDeployment, record: ObservedServiceDeployment): Verdict {
  const { observation, expected, primary } = judged
  const ours = deploymentOf(observation, expected)
  if (ours?.rolloutState === 'FAILED') {
    // With a rollback under way another deployment is PRIMARY, and the record will say how it ends.
    if (primary.id === ours.id) return failed(ours)
    const gap = { kind: 'ECS is rolling back', reason: said(ours.rolloutStateReason) } as const
    return waiting(observation, expected, { gap, nearEnd: isAlmostBack(judged) })
  }
  const gap = whatIsMissing(observation, expected, record.targetDigests)
  return waiting(observation, expected, { gap, record })
}
