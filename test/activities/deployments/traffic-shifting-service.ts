import assert from 'node:assert/strict'
import {
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type DeploymentConfiguration,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { createReleaseActivities } from '../../../activities/index.ts'
import type {
  InspectedService,
  Revision,
  RolloutProgress,
} from '../../../contract/activity-types.ts'
import type { StartedDeployment } from '../../../rollout/deployment.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { digest } from './digit-images.ts'

/**
 * Creates a service with two target groups that runs an image, with the activities of a release for
 * it. Uses cluster `mailman` of the account in the AWS SDK's own variables.
 */
export async function trafficShiftingService(
  activities: ReturnType<typeof createReleaseActivities>,
  name: string,
  deploymentConfiguration: DeploymentConfiguration,
  image = '1',
) {
  const ecs = new ECSClient()
  const { balancer, rule } = await createTargetGroups(name)
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      containerDefinitions: [
        {
          name: 'api',
          image: `host/mailman-api@${digest(image)}`,
          memory: 64,
          portMappings: [{ containerPort: 8080 }],
        },
      ],
    }),
  )
  const { lifecycleHooks = [], ...rest } = deploymentConfiguration
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'mailman',
      serviceName: name,
      taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
      desiredCount: 2,
      deploymentConfiguration: { ...rest, lifecycleHooks },
      loadBalancers: [balancer],
    }),
  )
  const service = serviceNamed('api', { ecsService: name, circuitBreaker: 'optional' })
  const stability = { timeoutMs: 3_600_000, windowMs: 1 }
  const spec = specWith({ aws: {}, services: [service], stability })
  const summaries: string[] = []
  const onHeartbeat = (details: unknown) => {
    const { summary = '' } = (details ?? {}) as Partial<RolloutProgress>
    if (summaries.at(-1) !== summary) summaries.push(summary)
  }
  return {
    spec,
    /** All summaries that waiting has reported, in order. */
    summaries,
    inspect: () =>
      inActivity(() => activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'deploy' })),
    /** Waits until the newest service deployment is `ready`. */
    async newest(ready: (one: ServiceDeployment) => boolean = () => true) {
      for (let tries = 0; tries < 1_000; tries += 1) {
        const listed = await ecs.send(
          new ListServiceDeploymentsCommand({ cluster: 'mailman', service: name }),
        )
        const [newest] = listed.serviceDeployments ?? []
        const { serviceDeployments } = await ecs.send(
          new DescribeServiceDeploymentsCommand({
            serviceDeploymentArns: [newest?.serviceDeploymentArn ?? ''],
          }),
        )
        const [found] = serviceDeployments ?? []
        if (found !== undefined && ready(found)) return found
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      throw new Error(`the deployment of ${name} was not ready in time`)
    },
    async settled(): Promise<InspectedService> {
      await this.newest(({ finishedAt }) => finishedAt !== undefined)
      const [inspected] = (await this.inspect()).services
      assert.ok(inspected)
      return inspected
    },
    async register(digit: string): Promise<Revision> {
      const repositoryUri = 'host/mailman-api'
      const pushed = { name: 'api', repositoryUri, tag: 'tag', digest: digest(digit) }
      const [made] = await inActivity(() =>
        activities.registerRevisions({ spec, release: 'r', commit, running: [], images: [pushed] }),
      )
      assert.ok(made)
      return made
    },
    update: (revision: Revision, { rollbackTarget: before }: InspectedService) =>
      inActivity(() => activities.updateService({ spec, service, revision, before, force: false })),
    wait: (started: StartedDeployment, revision: Revision, timeoutMs = 20_000) =>
      inActivity(
        () =>
          activities.waitForRollout({
            spec,
            service,
            started,
            revision,
            deadline: Date.now() + timeoutMs,
          }),
        { onHeartbeat },
      ),
    verify: (started: StartedDeployment, revision: Revision) =>
      inActivity(() =>
        activities.verifyRelease({ spec, revisions: [revision], started: [started] }),
      ),
    rollBack: ({ rollbackTarget: to }: InspectedService, started?: StartedDeployment) =>
      inActivity(
        () =>
          activities.rollBackService({
            spec,
            service,
            to,
            ...(started === undefined ? {} : { started }),
            deadline: Date.now() + 20_000,
          }),
        { onHeartbeat },
      ),
    /** Colours of the target groups that get production traffic. */
    async servingColours(): Promise<string[]> {
      const { Rules = [] } = await new ElasticLoadBalancingV2Client().send(
        new DescribeRulesCommand({ RuleArns: [rule] }),
      )
      const groups = Rules[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? []
      return groups.flatMap(({ TargetGroupArn = '', Weight }) =>
        Weight === 0 ? [] : [TargetGroupArn === balancer.targetGroupArn ? 'blue' : 'green'],
      )
    },
  }
}

/** Two target groups with a rule: quickly healthy, but slow enough to drain to be observed. */
async function createTargetGroups(name: string) {
  const elb = new ElasticLoadBalancingV2Client()
  const group = async (Name: string) => {
    const settings = { HealthCheckIntervalSeconds: 1, HealthyThresholdCount: 2 }
    const { TargetGroups } = await elb.send(new CreateTargetGroupCommand({ Name, ...settings }))
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }))
    return TargetGroupArn
  }
  const targetGroupArn = await group(`${name}-blue`)
  const alternateTargetGroupArn = await group(`${name}-green`)
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: name }))
  const { LoadBalancerArn } = LoadBalancers?.[0] ?? {}
  const forward = [{ Type: 'forward', TargetGroupArn: targetGroupArn }] as const
  const DefaultActions = [...forward]
  const { Listeners } = await elb.send(
    new CreateListenerCommand({ LoadBalancerArn, Port: 80, Protocol: 'HTTP', DefaultActions }),
  )
  const { ListenerArn } = Listeners?.[0] ?? {}
  const Conditions = [{ Field: 'path-pattern', Values: ['/*'] }]
  const { Rules } = await elb.send(
    new CreateRuleCommand({ ListenerArn, Priority: 1, Conditions, Actions: [...forward] }),
  )
  const rule = Rules?.[0]?.RuleArn ?? ''
  const roleArn = 'arn:aws:iam::000000000000:role/balancers'
  return {
    rule,
    balancer: {
      targetGroupArn,
      containerName: 'api',
      containerPort: 8080,
      advancedConfiguration: { alternateTargetGroupArn, productionListenerRule: rule, roleArn },
    },
  }
}
