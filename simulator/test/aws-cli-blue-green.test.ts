import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { realClock } from '../clock/index.ts'
import { fastTimings } from '../ecs/index.ts'
import { scriptedRuntime } from '../runtime/scripted.ts'
import { startSimulator, type Simulator } from '../start.ts'
import { awsCli } from './aws-cli.ts'

/** A blue/green deployment with the commands of the ECS developer guide. */
let simulator: Simulator
let aws: Awaited<ReturnType<typeof awsCli>>

const quick = { pullMs: 10, startMs: 10, stopMs: 10 }

before(async () => {
  const clock = realClock()
  simulator = await startSimulator({
    clock,
    runtime: scriptedRuntime({ clock, behave: () => quick }),
    timings: { ...fastTimings, settle: 100 },
  })
  aws = await awsCli(simulator.url)
})

after(() => simulator.close())

const service = '--cluster mailman --service api'

async function json(words: string, more: readonly string[] = []): Promise<string> {
  return String(JSON.parse(await aws(words, more)))
}

async function targetGroup(name: string): Promise<string> {
  const settings =
    '--protocol HTTP --port 80 --vpc-id vpc-1 --target-type ip --health-check-interval-seconds 5 --health-check-timeout-seconds 2 --healthy-threshold-count 2 --unhealthy-threshold-count 2'
  const arn = await json(
    `elbv2 create-target-group --name ${name} ${settings} --query TargetGroups[0].TargetGroupArn`,
  )
  await aws(
    `elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=deregistration_delay.timeout_seconds,Value=1`,
  )
  return arn
}

/** The newest service deployment, once `query` gives the expected value. */
async function newest(query: string, wanted: string): Promise<string> {
  for (;;) {
    const arn = await json(
      `ecs list-service-deployments ${service} --query serviceDeployments[0].serviceDeploymentArn`,
    )
    const found = await json(
      `ecs describe-service-deployments --service-deployment-arns ${arn} --query serviceDeployments[0].${query}`,
    )
    if (found === wanted) return arn
    assert.doesNotMatch(found, /ROLLBACK|STOPPED/)
  }
}

test('a blue/green deployment waits for a person, continues, and serves from the other target group', async () => {
  const blue = await targetGroup('blue')
  const green = await targetGroup('green')
  const balancer = await json(
    'elbv2 create-load-balancer --name front --subnets subnet-1 subnet-2 --query LoadBalancers[0].LoadBalancerArn',
  )
  const listener = await json(
    `elbv2 create-listener --load-balancer-arn ${balancer} --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=${blue} --query Listeners[0].ListenerArn`,
  )
  const rule = await json(
    `elbv2 create-rule --listener-arn ${listener} --priority 1 --conditions Field=path-pattern,Values=/* --actions Type=forward,TargetGroupArn=${blue} --query Rules[0].RuleArn`,
  )
  await aws('ecs create-cluster --cluster-name mailman')
  const containers = [{ name: 'api', image: 'api:1', portMappings: [{ containerPort: 80 }] }]
  await aws('ecs register-task-definition --family api --container-definitions', [
    JSON.stringify(containers),
  ])
  const advancedConfiguration = {
    alternateTargetGroupArn: green,
    productionListenerRule: rule,
    roleArn: 'arn:aws:iam::000000000000:role/balancers',
  }
  const loadBalancers = [
    { targetGroupArn: blue, containerName: 'api', containerPort: 80, advancedConfiguration },
  ]
  await aws(
    'ecs create-service --cluster mailman --service-name api --task-definition api --desired-count 1 --deployment-configuration strategy=BLUE_GREEN,bakeTimeInMinutes=0 --load-balancers',
    [JSON.stringify(loadBalancers)],
  )
  await newest('status', 'SUCCESSFUL')
  const rulesOf = `elbv2 describe-rules --rule-arns ${rule} --query Rules[0].Actions[0].ForwardConfig.TargetGroups[?Weight!=\`0\`].TargetGroupArn`
  assert.deepEqual(JSON.parse(await aws(rulesOf)), [blue])

  await aws(`ecs update-service ${service} --force-new-deployment --deployment-configuration`, [
    JSON.stringify({
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
    }),
  ])
  const arn = await newest('lifecycleHookDetails[0].status', 'AWAITING_ACTION')
  assert.deepEqual(JSON.parse(await aws(rulesOf)), [blue])
  const hook = await json(
    `ecs describe-service-deployments --service-deployment-arns ${arn} --query serviceDeployments[0].lifecycleHookDetails[0].hookId`,
  )
  await aws(`ecs continue-service-deployment --service-deployment-arn ${arn} --hook-id ${hook}`)
  await aws('ecs wait services-stable --cluster mailman --services api')
  await newest('status', 'SUCCESSFUL')
  assert.deepEqual(JSON.parse(await aws(rulesOf)), [green])
  assert.equal(
    await json(
      `elbv2 describe-target-health --target-group-arn ${green} --query TargetHealthDescriptions[0].TargetHealth.State`,
    ),
    'healthy',
  )
})
