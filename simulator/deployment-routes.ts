import type { Service } from '@aws-sdk/client-ecs'
import { ecsOperations, type Engine } from './ecs/index.ts'
import type { ControlRoutes } from './http/control.ts'

/**
 * Deployments by other people or pipelines, for `/_simulator/`. They bypass faults and are not
 * counted as calls.
 */
export function deploymentRoutes(engine: Engine): ControlRoutes {
  const operations = ecsOperations(engine)
  const call = (operation: string, input: Readonly<Record<string, unknown>>): unknown =>
    operations[operation]?.({
      service: 'ECS',
      operation,
      input,
      region: engine.region,
      accessKeyId: 'ANOTHER-USER',
    })
  return {
    'POST deployments': ({ body }) => {
      const { cluster, service, taskDefinition, desiredCount, force, ...rest } = fieldsOf(body)
      const unknown = Object.keys(rest)
      if (unknown.length > 0)
        throw new Error(
          `Unknown field of a deployment: ${unknown.join(', ')}. Its fields are cluster, service, taskDefinition, desiredCount and force.`,
        )
      if (typeof service !== 'string')
        throw new Error(
          'service is missing. Start a deployment with POST deployments and {"cluster": "mailman", "service": "api", "force": true}.',
        )
      const changes = {
        ...(taskDefinition !== undefined && { taskDefinition }),
        ...(desiredCount !== undefined && { desiredCount }),
      }
      const forceNewDeployment = force ?? Object.keys(changes).length === 0
      const answer = call('UpdateService', { cluster, service, ...changes, forceNewDeployment })
      return primaryOf((answer as { service: Service }).service)
    },
    'DELETE deployments': ({ name }) => {
      const [cluster, service, ...more] = name.split('/')
      if (service === undefined || more.length > 0)
        throw new Error('Roll a deployment back with DELETE deployments/<cluster>/<service>.')
      const answer = call('DescribeServices', { cluster, services: [service] })
      const [found] = (answer as { services: Service[] }).services
      const serviceDeploymentArn = found?.currentServiceDeployment
      if (serviceDeploymentArn === undefined)
        throw new Error(`Service ${service} in cluster ${cluster} has no deployment in progress.`)
      call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' })
      return { serviceDeployment: serviceDeploymentArn }
    },
  }
}

function primaryOf({ deployments = [], currentServiceDeployment }: Service) {
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  return {
    deployment: primary?.id,
    taskDefinition: primary?.taskDefinition,
    serviceDeployment: currentServiceDeployment,
  }
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}
