import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answersOf, revision, service, taskDefinition } from '../ecs-answers.ts'
import { awsError } from '../fake-aws.ts'
import { failsAs } from '../in-activity.ts'
import { inspect } from './inspect-answers.ts'
import { imageNamed, registry, serviceNamed, specWith } from '../../environment-specs.ts'

describe('inspecting an environment', () => {
  test('reports all findings in one message', async () => {
    const answers = {
      ...answersOf({ service: service({ deploymentConfiguration: {} }) }),
      DescribeRepositories: () => {
        throw awsError('RepositoryNotFoundException')
      },
    }
    const spec = specWith({
      services: [serviceNamed('api', { containers: { apj: 'api' } }), serviceNamed('worker')],
      images: [imageNamed('api')],
    })
    await assert.rejects(
      inspect(answers, spec),
      failsAs(
        'PreconditionFailed',
        'names container "apj"',
        'has "api"',
        'deploymentCircuitBreaker={enable=true,rollback=true}',
        'circuitBreaker: optional',
        'no service "mailman-worker" in cluster "mailman" (region eu-west-1, account 123456789012)',
        'no ECR repository "mailman-api"',
      ),
    )
  })

  test('names the region and the account of a missing cluster', async () => {
    const answers = {
      ...answersOf(),
      DescribeServices: () => {
        throw awsError('ClusterNotFoundException', 'Cluster not found.')
      },
    }
    await assert.rejects(
      inspect(answers),
      failsAs('PreconditionFailed', '"mailman"', 'region eu-west-1, account 123456789012'),
    )
  })

  test('asks for no circuit breaker of a daemon, for which ECS has none', async () => {
    const daemon = service({ schedulingStrategy: 'DAEMON', deploymentConfiguration: {} })
    const spec = specWith({ services: [serviceNamed('api', { circuitBreaker: 'required' })] })
    const { services } = await inspect(answersOf({ service: daemon }), spec)
    assert.equal(services.length, 1)
  })

  test('accepts a service without circuit breaker if the configuration makes it optional', async () => {
    const answers = answersOf({ service: service({ deploymentConfiguration: {} }) })
    const spec = specWith({ services: [serviceNamed('api', { circuitBreaker: 'optional' })] })
    assert.equal((await inspect(answers, spec)).services.length, 1)
  })

  test('rejects a service with another deployment controller', async () => {
    const { taskDefinition: _, ...owned } = service({
      deploymentController: { type: 'CODE_DEPLOY' },
    })
    await assert.rejects(
      inspect(answersOf({ service: owned })),
      failsAs('PreconditionFailed', 'deployment controller CODE_DEPLOY'),
    )
  })

  test('reports a family without a revision to clone', async () => {
    const answers = {
      ...answersOf(),
      DescribeTaskDefinition: () => {
        throw awsError('ClientException', 'Unable to describe task definition.')
      },
    }
    await assert.rejects(
      inspect(answers),
      failsAs('PreconditionFailed', '"mailman-api:1"', 'Register one'),
    )
  })

  test('rejects force mode if the service does not run the moving tag, or the tag cannot be moved', async () => {
    const spec = specWith({ mode: 'force' })
    await assert.rejects(inspect(answersOf(), spec), failsAs('PreconditionFailed', '"api-latest"'))
    const moving = taskDefinition(1, {
      containerDefinitions: [{ name: 'api', image: `${registry}/mailman-api:api-latest` }],
    })
    const answers = answersOf({ taskDefinitions: { [revision(1)]: moving } })
    const immutable = { repositoryUri: 'x', imageTagMutability: 'IMMUTABLE' }
    await assert.rejects(
      inspect({ ...answers, DescribeRepositories: () => ({ repositories: [immutable] }) }, spec),
      failsAs('PreconditionFailed', 'immutable', '"pin"'),
    )
    const { warnings } = await inspect(answers, spec)
    assert.match(warnings.join(), /Mode "force" deploys a moving tag/)
  })
})
