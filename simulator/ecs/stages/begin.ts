import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { isNotStopped, tasksOf } from '../tasks/state.ts'
import type { StagedRecord } from './records.ts'
import { shiftTraffic } from './traffic.ts'

export interface StagesStart {
  /** Absent for a rolling deployment. */
  readonly staged?: StagedRecord
  /** Whether the new revision uses the alternate target groups. */
  readonly alternate: boolean
}

/**
 * The starting point of a new deployment: which deployment serves now, and so which target groups
 * are free. The serving deployment gets all traffic back that the previous one had taken.
 */
export function beginStages(engine: Engine, service: ServiceRecord): StagesStart {
  const blue = servingNow(engine, service)
  const revision = blue && engine.state.revisions[blue.revision]
  if (revision !== undefined)
    shiftTraffic(engine, service, revision, { production: 100, test: 100 })
  const blueIsAlternate = revision?.alternate === true
  const { strategy = 'ROLLING' } = service.deploymentConfiguration
  if (strategy === 'ROLLING') return { alternate: blueIsAlternate && canAlternate(service) }
  const others = tasksOf(engine, service).filter(
    (task) => isNotStopped(task) && task.deployment !== blue?.id,
  )
  return {
    alternate: blue !== undefined && !blueIsAlternate && canAlternate(service),
    staged: {
      ...(blue && { blue: { deployment: blue.id, revision: blue.revision } }),
      reconciles: others.length > 0,
      position: -1,
      until: 0,
      production: 0,
      test: 0,
      hooks: [],
    },
  }
}

function canAlternate({ loadBalancers }: ServiceRecord): boolean {
  return loadBalancers.some(({ advancedConfiguration }) => advancedConfiguration !== undefined)
}

/** The deployment being rolled back to, else the last completed one, else the newest with tasks. */
function servingNow(engine: Engine, service: ServiceRecord): DeploymentRecord | undefined {
  const { deployments, lastCompleted } = service
  const hasTasks = ({ id }: DeploymentRecord): boolean =>
    tasksOf(engine, service).some((task) => isNotStopped(task) && task.deployment === id)
  return (
    deployments.find(
      ({ kind, rolloutState }) => kind === 'rollback' && rolloutState !== 'FAILED',
    ) ??
    deployments.find(({ id }) => id === lastCompleted?.deploymentId) ??
    deployments.find(hasTasks)
  )
}

/** The stages of a deployment that has not completed; `undefined` for a rolling deployment. */
export function stagedOf(
  engine: Engine,
  deployment: DeploymentRecord | undefined,
): StagedRecord | undefined {
  if (deployment === undefined || deployment.rolloutState === 'COMPLETED') return undefined
  return engine.state.serviceDeployments[deployment.serviceDeployment]?.staged
}
