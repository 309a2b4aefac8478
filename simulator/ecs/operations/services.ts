import type {
  DeleteServiceCommandOutput,
  DescribeServicesCommandOutput,
  ListServicesCommandOutput,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { serviceAnswer } from '../answers/service.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { optionalFlag, optionalText, textList, type Input } from '../requests/input.ts'
import { clusterOf, serviceArn, serviceOf } from '../requests/lookup.ts'
import { page } from '../requests/paging.ts'
import { wakeSoon } from '../wake.ts'

/** Up to ten services of one cluster. Unknown services are listed in `failures` as `MISSING`. */
export function describeServices(
  engine: Engine,
  input: Input,
): Answer<DescribeServicesCommandOutput> {
  const cluster = clusterOf(engine, input)
  const names = textList(input, 'services')
  if (names.length === 0 || names.length > 10) {
    throw new AwsError(
      'InvalidParameterException',
      `services must have 1 to 10 names or ARNs, but has ${names.length}.`,
    )
  }
  const tags = textList(input, 'include').includes('TAGS')
  const arns = names.map((name) => serviceArn(engine, cluster.name, name))
  return {
    services: arns.flatMap((arn) => {
      const service = engine.state.services[arn]
      return service === undefined ? [] : [serviceAnswer(engine, service, { tags })]
    }),
    failures: arns
      .filter((arn) => engine.state.services[arn] === undefined)
      .map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

export function listServices(engine: Engine, input: Input): Answer<ListServicesCommandOutput> {
  const cluster = clusterOf(engine, input)
  const launchType = optionalText(input, 'launchType')
  const arns = Object.values(engine.state.services)
    .filter((service) => service.cluster === cluster.name && service.status !== 'INACTIVE')
    .filter((service) => launchType === undefined || service.launchType === launchType)
    .map(({ arn }) => arn)
  const { items, nextToken } = page(arns, input, { usual: 10 })
  return { serviceArns: items, nextToken }
}

/**
 * The service is `DRAINING` until its last task has ended, then `INACTIVE`, and can still be
 * described. Its service deployments are deleted at once ("When you delete a service, Amazon ECS
 * deletes the corresponding service deployments", ECS developer guide).
 *
 * @throws InvalidParameterException if it is scaled above 0 and `force` is not set.
 */
export function deleteService(engine: Engine, input: Input): Answer<DeleteServiceCommandOutput> {
  const service = serviceOf(engine, input)
  if (service.status === 'INACTIVE') {
    throw new AwsError('ServiceNotFoundException', 'Service not found.')
  }
  if (service.desiredCount > 0 && optionalFlag(input, 'force') !== true) {
    throw new AwsError(
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    )
  }
  service.status = 'DRAINING'
  service.desiredCount = 0
  for (const { arn, service: owner } of Object.values(engine.state.serviceDeployments)) {
    if (owner === service.arn) delete engine.state.serviceDeployments[arn]
  }
  wakeSoon(engine, service.arn)
  return { service: serviceAnswer(engine, service) }
}
