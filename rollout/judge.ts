import { judgeByRecord } from './judge-by-record.ts'
import { judgeByDeployments } from './judge-by-deployments.ts'
import { recordOf } from './record.ts'
import { type JudgedDeployment } from './judged-deployment.ts'
import { primaryOf, type Observation } from './observation.ts'
import { waiting } from './make-verdict.ts'
import { type Verdict } from './verdict.ts'
import { type Expectation } from './expectation.ts'

/**
 * Judges what an observation means for the deployment that is waited for.
 *
 * The service deployment record decides if there is one: a rollout that ECS rolled back reaches a
 * "steady state", too. Without a record (an endpoint that lacks them, or ECS's own rollback, which
 * has none) `deployments[]` decides, and the verdict names this weaker basis.
 *
 * Never `succeeded` unless only our digests serve, and never `rolled_back` unless only what ran before
 * serves. What AWS leaves out of an answer proves nothing. A final verdict stays final, until another
 * deployment replaces ours.
 */
export function judge(observation: Observation, expected: Expectation): Verdict {
  const { status } = observation.service
  if (status === '') {
    return waiting(observation, expected, { gap: { kind: 'unsaid', fields: ['status'] } })
  }
  if (status !== 'ACTIVE') {
    return { kind: 'failed', cause: { kind: 'service not active', status } }
  }
  const primary = primaryOf(observation)
  if (primary === undefined) {
    return waiting(observation, expected, { gap: { kind: 'no primary' } })
  }
  const judged: JudgedDeployment = { observation, expected, primary }
  const record = recordOf(observation, expected)
  return record === undefined ? judgeByDeployments(judged) : judgeByRecord(judged, record)
}
