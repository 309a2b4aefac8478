import type {
  DescribeServiceDeploymentsCommandOutput,
  DescribeServiceRevisionsCommandOutput,
  ListServiceDeploymentsCommandOutput,
  StopServiceDeploymentCommandOutput,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import {
  revisionAnswer,
  serviceDeploymentAnswer,
  serviceDeploymentBrief,
} from '../answers/service-deployment.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import type { ServiceDeploymentRecord } from '../records.ts'
import { optionalObject, optionalWord, text, textList, type Input } from '../requests/input.ts'
import { serviceOf } from '../requests/lookup.ts'
import { page } from '../requests/paging.ts'
import { isInFlight } from '../rollouts/service-deployments.ts'
import { wakeSoon } from '../wake.ts'

/** Service deployments are listed for 90 days (`ListServiceDeployments` in the ECS API). */
const keptMs = 90 * 24 * 3_600_000

/** Newest first. */
export function listServiceDeployments(
  engine: Engine,
  input: Input,
): Answer<ListServiceDeploymentsCommandOutput> {
  const service = serviceOf(engine, input)
  const statuses = textList(input, 'status')
  const created = optionalObject(input, 'createdAt')
  const after = moment(created?.['after'], -Infinity)
  const before = moment(created?.['before'], Infinity)
  const found = Object.values(engine.state.serviceDeployments)
    .filter((record) => record.service === service.arn && isListed(engine, record))
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status ?? ''))
    .filter(({ createdAt }) => createdAt > after && createdAt < before)
    .toReversed()
  const { items, nextToken } = page(found, input)
  return {
    serviceDeployments: items.map((record) => serviceDeploymentBrief(engine, record)),
    nextToken,
  }
}

export function describeServiceDeployments(
  engine: Engine,
  input: Input,
): Answer<DescribeServiceDeploymentsCommandOutput> {
  const arns = upTo20(input, 'serviceDeploymentArns')
  const serviceDeployments = Object.fromEntries(
    arns.flatMap((arn) => {
      const record = engine.state.serviceDeployments[arn]
      return record !== undefined && isListed(engine, record) ? [[arn, record] as const] : []
    }),
  )
  return {
    serviceDeployments: arns.flatMap((arn) => {
      const record = serviceDeployments[arn]
      return record === undefined ? [] : [serviceDeploymentAnswer(engine, record)]
    }),
    failures: missing(arns, serviceDeployments),
  }
}

export function describeServiceRevisions(
  engine: Engine,
  input: Input,
): Answer<DescribeServiceRevisionsCommandOutput> {
  const arns = upTo20(input, 'serviceRevisionArns')
  const { revisions } = engine.state
  return {
    serviceRevisions: arns.flatMap((arn) => {
      const revision = revisions[arn]
      return revision === undefined ? [] : [revisionAnswer(engine, revision)]
    }),
    failures: missing(arns, revisions),
  }
}

/**
 * Requests the end of a service deployment: roll back (`ROLLBACK`, the default) or leave everything
 * as it is (`ABORT`). A deployment that is already stopping or rolling back continues to do so.
 *
 * @throws ServiceDeploymentNotFoundException
 * @throws ConflictException if it has ended.
 */
export function stopServiceDeployment(
  engine: Engine,
  input: Input,
): Answer<StopServiceDeploymentCommandOutput> {
  const arn = text(input, 'serviceDeploymentArn')
  const record = engine.state.serviceDeployments[arn]
  if (record === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  }
  if (!isInFlight(record)) {
    throw new AwsError(
      'ConflictException',
      `Service deployment cannot be stopped in status ${record.status ?? ''}.`,
    )
  }
  const stopType = optionalWord(input, 'stopType', ['ROLLBACK', 'ABORT']) ?? 'ROLLBACK'
  if (record.status === 'PENDING' || record.status === 'IN_PROGRESS') {
    record.status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED'
    record.statusReason = 'Service deployment stop was requested by a user.'
    record.updatedAt = engine.clock.now()
    wakeSoon(engine, record.service)
  }
  return { serviceDeploymentArn: arn }
}

function isListed(engine: Engine, record: ServiceDeploymentRecord): boolean {
  return isInFlight(record) || record.createdAt > engine.clock.now() - keptMs
}

function upTo20(input: Input, field: string): string[] {
  const arns = textList(input, field)
  if (arns.length === 0 || arns.length > 20) {
    throw new AwsError(
      'InvalidParameterException',
      `${field} must have 1 to 20 ARNs, but has ${arns.length}.`,
    )
  }
  return arns
}

function missing(
  arns: readonly string[],
  known: Readonly<Record<string, unknown>>,
): { arn: string; reason: string }[] {
  return arns.filter((arn) => known[arn] === undefined).map((arn) => ({ arn, reason: 'MISSING' }))
}

/** Converts seconds since the epoch, as clients of JSON 1.1 send them, to milliseconds. */
function moment(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value * 1000 : otherwise
}
