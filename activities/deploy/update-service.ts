import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { activityInfo, Context, log } from '@temporalio/activity'
import type { Revision } from '../../contract/activity-types.ts'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { shortName } from '../../rollout/arn.ts'
import type { RollbackTarget, StartedDeployment } from '../../rollout/deployment.ts'
import { isCompleted } from '../../rollout/deployment-state.ts'
import {
  primaryOf,
  type ObservedDeployment,
  type ObservedServiceDeployment,
} from '../../rollout/observation.ts'
import { recordMadeWith } from '../../rollout/record.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isInactiveRevision, isRefusal, isUnauthenticated } from '../aws/errors.ts'
import { knownFailure } from '../aws/known-failure.ts'
import { observedService } from '../ecs/observe.ts'
import { serviceDeployments } from '../ecs/service-deployments.ts'
import { describeServices } from '../ecs/services.ts'
import { machineClock, rest, type PollingClock } from '../polling/clock.ts'
import { failure, unavailable } from '../temporal/failures.ts'

interface UpdateInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly revision: Revision
  readonly before: RollbackTarget
  readonly force: boolean
}

/** Milliseconds for which an attempt, which may take a minute, waits for credentials. */
const credentialsWithinMs = 30_000
const credentialsPauseMs = 3_000

/**
 * Starts the deployment of a revision, at most once however often this is retried: it first
 * describes the service, and a new PRIMARY of our revision is one that an earlier attempt started.
 *
 * Waits for credentials for half a minute. Fails as `Conflict` if somebody else has deployed since
 * the release inspected the service, and as `DeploymentRefused` if AWS refused and the service is as
 * it was.
 */
export async function updateService(
  clients: AwsClients,
  input: UpdateInput,
  clock: PollingClock = machineClock,
): Promise<StartedDeployment> {
  const { spec, service } = input
  const until = clock.now() + credentialsWithinMs
  for (;;) {
    try {
      const deployment = await startDeployment(clients, input)
      return await startedDeployment(clients, { spec, service, deployment })
    } catch (error) {
      // Without credentials nothing was begun, so this may be repeated.
      if (!isUnauthenticated(error)) throw error
      if (clock.now() >= until) throw await afterRefusal(clients, input, error)
      await rest(clock, credentialsPauseMs, Context.current().cancellationSignal)
    }
  }
}

async function startDeployment(
  clients: AwsClients,
  input: UpdateInput,
): Promise<ObservedDeployment> {
  const { spec, service, revision, before, force } = input
  const primary = await primaryNow(clients, spec, service)
  if (primary.id !== before.deploymentId) {
    if (primary.taskDefinition !== revision.taskDefinition) throw conflict(input, primary)
    log.info(`An earlier attempt has started deployment ${primary.id}.`)
    return primary
  }
  // ECS sees nothing to do in the task definition of a deployment that failed.
  const again = primary.taskDefinition === revision.taskDefinition && !isCompleted(primary)
  const answer = await clients.ecsOnce
    .send(
      new UpdateServiceCommand({
        cluster: spec.cluster,
        service: service.ecsService,
        taskDefinition: revision.taskDefinition,
        ...(force || again ? { forceNewDeployment: true } : {}),
      }),
    )
    .catch(async (error: unknown) => {
      throw isUnauthenticated(error) ? error : await afterRefusal(clients, input, error)
    })
  const deployment = primaryOf({ service: observedService(answer.service) })
  if (deployment === undefined) {
    throw unavailable(
      `ECS accepted the update of "${service.ecsService}", but its answer has no PRIMARY deployment.`,
    )
  }
  return deployment
}

async function primaryNow(
  clients: AwsClients,
  { cluster }: EnvironmentSpec,
  { ecsService }: ServiceSpec,
): Promise<ObservedDeployment> {
  const found = await describeServices(clients, cluster, [ecsService])
  const service = observedService(found.get(ecsService))
  const primary = primaryOf({ service })
  if (service.status === 'ACTIVE' && primary !== undefined) return primary
  const what =
    service.status === 'ACTIVE' ? 'has no PRIMARY deployment' : `is ${service.status}, not ACTIVE`
  throw failure('PreconditionFailed', `Service "${ecsService}" in cluster "${cluster}" ${what}.`)
}

/**
 * What to throw if `UpdateService` failed: `DeploymentRefused` only if it certainly started nothing.
 * On a later attempt that is not certain: the answer to an earlier one may have been lost, and its
 * deployment may show only later. The rollback waits, and so finds out.
 */
async function afterRefusal(
  clients: AwsClients,
  input: UpdateInput,
  error: unknown,
): Promise<unknown> {
  const unauthenticated = isUnauthenticated(error)
  if (!isRefusal(error) && !unauthenticated) return error
  const why = isInactiveRevision(error) ? deregisteredText(input) : refusalText(error, input)
  const isCertain =
    activityInfo().attempt === 1 && (unauthenticated || (await isUntouched(clients, input)))
  return failure(isCertain ? 'DeploymentRefused' : 'PreconditionFailed', why)
}

async function isUntouched(
  clients: AwsClients,
  { spec, service, before }: UpdateInput,
): Promise<boolean> {
  try {
    return (await primaryNow(clients, spec, service)).id === before.deploymentId
  } catch (error) {
    log.warn(`ECS refused the update, and "${service.ecsService}" cannot be read now.`, { error })
    return false
  }
}

function refusalText(error: unknown, { service, revision }: UpdateInput): string {
  const known = knownFailure(error)
  if (known !== undefined && known.type !== 'PreconditionFailed') return known.message
  const { name, message } = error as Error
  return `ECS does not start ${shortName(revision.taskDefinition)} in service "${service.ecsService}" (${name}: ${message}). Fix the cause and try again.`
}

function deregisteredText({ spec, service, revision }: UpdateInput): string {
  return `Task definition ${shortName(revision.taskDefinition)} was deregistered, so ECS does not start it in service "${service.ecsService}". Register a new one: slipway deploy ${spec.environment}, with --commit if it is not the newest.`
}

function conflict({ spec, service, before }: UpdateInput, primary: ObservedDeployment) {
  return failure(
    'Conflict',
    `Somebody else has deployed service "${service.ecsService}": its PRIMARY deployment is ${primary.id} of ${shortName(primary.taskDefinition)}, and was ${before.deploymentId} when this release began. Slipway has not changed this service. Wait until that deployment has ended, then try again: slipway status ${spec.environment}`,
  )
}

/** Finds the record that will show how the deployment ends, if the endpoint has such records. */
async function startedDeployment(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; deployment: ObservedDeployment },
): Promise<StartedDeployment> {
  const { spec, service, deployment } = which
  const records = await serviceDeployments(clients, {
    cluster: spec.cluster,
    service: service.ecsService,
  }).catch((error: unknown) => {
    // The deployment runs all the same: the wait finds its record later.
    log.warn(`The service deployment of ${deployment.id} cannot be read now.`, { error })
    return 'unavailable' as const
  })
  const record = recordMadeWith(records, deployment)
  return {
    service: service.name,
    taskDefinition: deployment.taskDefinition,
    deploymentId: deployment.id,
    ...(record === undefined ? {} : { serviceDeploymentArn: record.arn }),
    ...durationsOf(records === 'unavailable' ? [] : records),
  }
}

/** How long those that succeeded took: the wait estimates from it when the new one may end. */
function durationsOf(records: readonly ObservedServiceDeployment[]) {
  const earlierMs = records
    .flatMap(({ status, createdAt, finishedAt }) =>
      status === 'SUCCESSFUL' && finishedAt !== undefined ? [finishedAt - createdAt] : [],
    )
    .slice(0, 10)
  return earlierMs.length === 0 ? {} : { earlierMs }
}
