import {
  isAlmostBack,
  gapBefore,
  hasOwnRecord,
  type JudgedDeployment,
} from './judged-deployment.ts'
import { said, replaced, waiting, succeeded, failed } from './make-verdict.ts'
import { isCompleted, isSpent } from './deployment-state.ts'
import { wasRolledBack } from './was-rolled-back.ts'
import { whatIsMissing } from './serving.ts'
import { deploymentOf } from './record.ts'
import { type Verdict } from './verdict.ts'

export function judgeByDeployments(judged: JudgedDeployment): Verdict {
  const { observation, expected, primary } = judged
  const ours = deploymentOf(observation, expected)
  if (ours !== undefined && ours.id === primary.id) {
    if (ours.rolloutState === 'FAILED') return failed(ours)
    const gap = whatIsMissing(observation, expected)
    const alone = observation.service.deployments.every((one) => one === ours || isSpent(one))
    return isCompleted(ours) && alone && gap === undefined
      ? succeeded(observation, 'deployments')
      : waiting(observation, expected, { gap })
  }
  if (hasOwnRecord(judged) || !wasRolledBack(judged)) return replaced(primary)
  const reason = said(ours?.rolloutStateReason || 'ECS deployment circuit breaker')
  const rest = gapBefore(judged, {})
  if (isCompleted(primary) && rest === undefined) return { kind: 'rolled_back', reason }
  return waiting(observation, expected, {
    gap: { kind: 'ECS is rolling back', reason, ...(rest === undefined ? {} : { rest }) },
    nearEnd: isAlmostBack(judged),
  })
}
