import { UpdateServiceCommand, type Deployment } from '@aws-sdk/client-ecs'
import { activityInfo, log } from '@temporalio/activity'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { ObservedDeployment, ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { isInactiveRevision, isRefusal } from '../aws/errors.ts'
import { knownFailure } from '../aws/known-failure.ts'
import { observedService } from '../ecs/observe.ts'
import { serviceDeployments } from '../ecs/service-deployments.ts'
import { describeServices } from '../ecs/services.ts'
import { shortName } from '../../rollout/arn.ts'
import type { Revision } from '../../contract/activity-types.ts'
import type { StartedDeployment, RollbackTarget } from '../../rollout/deployment.ts'

interface UpdateInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly revision: Revision
  readonly before: RollbackTarget
  readonly force: boolean
}

/**
 * Starts the deployment of a revision, at most once however often this is tried: it looks first,
 * and a PRIMARY that is new and runs our revision is the deployment that an earlier try started.
 *
 * Fails as `Conflict` where somebody else has deployed since the release looked, and as `DeploymentRefused`
 * where AWS said no and the service is as it was.
 */
export async function updateService(
  clients: AwsClients,
  input: UpdateInput,
): Promise<StartedDeployment> {
  const { spec, service, revision, before, force } = input
  const primary = await primaryNow(clients, spec, service)
  if (primary.id !== before.deploymentId) {
    if (primary.taskDefinition !== revision.taskDefinition) throw taken(service, primary, before)
    log.info(`Deployment ${primary.id} was started by a try before this one.`)
    return await started(clients, { spec, service, deployment: primary })
  }
  const answer = await clients.ecsOnce
    .send(
      new UpdateServiceCommand({
        cluster: spec.cluster,
        service: service.ecsService,
        taskDefinition: revision.taskDefinition,
        ...(force ? { forceNewDeployment: true } : {}),
      }),
    )
    .catch(async (error: unknown) => {
      throw await afterRefusal(clients, input, error)
    })
  const deployment = observedService(answer.service).deployments.find(isPrimary)
  if (deployment === undefined) {
    throw unavailable(`ECS did not name the deployment of "${service.ecsService}" that it started.`)
  }
  return await started(clients, { spec, service, deployment })
}

async function primaryNow(
  clients: AwsClients,
  { cluster }: EnvironmentSpec,
  { ecsService }: ServiceSpec,
): Promise<ObservedDeployment> {
  const found = await describeServices(clients, cluster, [ecsService])
  const { status, deployments } = observedService(found.get(ecsService))
  const primary = deployments.find(isPrimary)
  if (status !== 'ACTIVE' || primary === undefined) {
    throw failure(
      'PreconditionFailed',
      `Service "${ecsService}" in cluster "${cluster}" is ${status}.`,
    )
  }
  return primary
}

function isPrimary({ status }: Pick<Deployment, 'status'>): boolean {
  return status === 'PRIMARY'
}

/**
 * What to throw for an `UpdateService` that failed: `DeploymentRefused` only where it certainly started
 * nothing. It does not count where an earlier try may have been answered to nobody: its deployment
 * may still be to come, and only the way back, which waits, finds that out.
 */
async function afterRefusal(
  clients: AwsClients,
  input: UpdateInput,
  error: unknown,
): Promise<unknown> {
  if (!isRefusal(error)) return error
  const why = isInactiveRevision(error) ? deregistered(input) : wordsFor(error, input)
  const certain = activityInfo().attempt === 1 && (await isUntouched(clients, input))
  return failure(certain ? 'DeploymentRefused' : 'PreconditionFailed', why)
}

async function isUntouched(
  clients: AwsClients,
  { spec, service, before }: UpdateInput,
): Promise<boolean> {
  try {
    return (await primaryNow(clients, spec, service)).id === before.deploymentId
  } catch (error) {
    log.warn(`Service "${service.ecsService}" cannot be looked at after the refusal.`, { error })
    return false
  }
}

function wordsFor(error: unknown, { service, revision }: UpdateInput): string {
  const known = knownFailure(error)
  if (known !== undefined && known.type !== 'PreconditionFailed') return known.message
  const { name, message } = error as Error
  return `ECS does not start ${shortName(revision.taskDefinition)} in service "${service.ecsService}" (${name}: ${message}). Mend what it names and ask again.`
}

function deregistered({ spec, service, revision }: UpdateInput): string {
  return `Somebody has deregistered task definition ${shortName(revision.taskDefinition)}, and ECS starts no deployment of it in service "${service.ecsService}". A deploy registers a new one: slipway deploy ${spec.environment}, with --commit where it is not the newest.`
}

function taken(service: ServiceSpec, primary: ObservedDeployment, before: RollbackTarget) {
  return failure(
    'Conflict',
    `Somebody else has deployed service "${service.ecsService}" meanwhile: its PRIMARY is ${primary.id} of ${shortName(primary.taskDefinition)}, and was ${before.deploymentId} when this release looked. Nothing was changed there. Ask again once that is settled.`,
  )
}

/** Finds the record that will say how the deployment ends, where the endpoint has such records. */
async function started(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; deployment: ObservedDeployment },
): Promise<StartedDeployment> {
  const { spec, service, deployment } = which
  const records = await serviceDeployments(clients, {
    cluster: spec.cluster,
    service: service.ecsService,
  }).catch((error: unknown) => {
    // The deployment runs: waiting finds the record by itself later.
    log.warn(`The service deployment of ${deployment.id} cannot be looked up now.`, { error })
    return 'unavailable' as const
  })
  const record =
    records === 'unavailable'
      ? undefined
      : records.find(
          (one) =>
            one.targetTaskDefinition === deployment.taskDefinition &&
            one.createdAt >= deployment.createdAt - clockTick,
        )
  return {
    service: service.name,
    taskDefinition: deployment.taskDefinition,
    deploymentId: deployment.id,
    ...(record === undefined ? {} : { serviceDeploymentArn: record.arn }),
    ...lengthsOf(records === 'unavailable' ? [] : records),
  }
}

/** Of those that succeeded: by them a wait guesses when the new one may end. */
function lengthsOf(records: readonly ObservedServiceDeployment[]) {
  const earlierMs = records
    .flatMap(({ status, createdAt, finishedAt }) =>
      status === 'SUCCESSFUL' && finishedAt !== undefined ? [finishedAt - createdAt] : [],
    )
    .slice(0, 10)
  return earlierMs.length === 0 ? {} : { earlierMs }
}

/** ECS writes the record in the same instant as the deployment, give or take this, in ms. */
const clockTick = 2_000
