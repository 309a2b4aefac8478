import * as fc from 'fast-check'
import type {
  Observation,
  ObservedDeployment,
  ObservedService,
  ObservedServiceDeployment,
  ObservedTarget,
  ObservedTask,
} from '../../../rollout/observation.ts'

/** Observations of any state of a rollout, also of states that AWS never shows. */

const ids = ['ecs-svc/1', 'ecs-svc/2', 'ecs-svc/3']
const few = fc.integer({ min: 0, max: 3 })

const deployments: fc.Arbitrary<ObservedDeployment> = fc.record({
  id: fc.constantFrom(...ids),
  status: fc.constantFrom('PRIMARY', 'ACTIVE'),
  taskDefinition: fc.constantFrom('api:7', 'api:8'),
  rolloutState: fc.constantFrom('IN_PROGRESS', 'COMPLETED', 'FAILED', ''),
  rolloutStateReason: fc.constantFrom('', 'rolling back to deploymentId ecs-svc/1'),
  desiredCount: few,
  runningCount: few,
  pendingCount: few,
  failedTasks: few,
  createdAt: fc.constantFrom(1_000, 9_000),
})

export const services: fc.Arbitrary<ObservedService> = fc.record({
  arn: fc.constant('service/api'),
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'DRAINING', 'MISSING', ''),
  desiredCount: few,
  runningCount: few,
  pendingCount: few,
  schedulingStrategy: fc.constantFrom('REPLICA', 'DAEMON'),
  circuitBreaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean() }),
  strategy: fc.constantFrom('ROLLING', 'BLUE_GREEN'),
  deployments: fc.uniqueArray(deployments, { selector: ({ id }) => id, maxLength: 3 }),
  targetGroupArns: fc.constant([]),
  loadBalancers: fc.constant([]),
  lacking: fc.constant([]),
  events: fc.constant([]),
})

export const records: fc.Arbitrary<ObservedServiceDeployment> = fc.record({
  arn: fc.constant('record/2'),
  status: fc.constantFrom(
    'PENDING',
    'IN_PROGRESS',
    'SUCCESSFUL',
    'STOPPED',
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_SUCCESSFUL',
    'ROLLBACK_FAILED',
    'of another day',
  ),
  statusReason: fc.constant('because'),
  createdAt: fc.constant(1_000),
  targetRevisionArn: fc.constant('revision/2'),
  targetTaskDefinition: fc.constant('api:8'),
  targetDigests: fc.constant({}),
  rollbackReason: fc.constant(''),
  rollbackTaskDefinition: fc.constantFrom('', 'api:7'),
  rollbackDigests: fc.constant({}),
  lifecycleStage: fc.constantFrom(
    '',
    'SCALE_UP',
    'PRODUCTION_TRAFFIC_SHIFT',
    'BAKE_TIME',
    'CLEAN_UP',
  ),
  bakeTimeInMinutes: fc.constant(5),
  targetTraffic: fc.constantFrom(0, 10, 100),
  hooks: fc.constantFrom(
    [],
    [{ id: 'h', type: 'PAUSE', target: '', status: 'AWAITING_ACTION', timeoutAction: '' }],
    [{ id: 'h', type: 'AWS_LAMBDA', target: 'f', status: 'IN_PROGRESS', timeoutAction: '' }],
  ),
  triggeredAlarms: fc.constant([]),
})

const tasks: fc.Arbitrary<ObservedTask> = fc.record({
  arn: fc.constantFrom('task/1', 'task/2'),
  taskDefinition: fc.constantFrom('api:7', 'api:8'),
  startedBy: fc.constantFrom(...ids),
  lastStatus: fc.constantFrom('PENDING', 'RUNNING', 'STOPPED'),
  desiredStatus: fc.constantFrom('RUNNING', 'STOPPED'),
  createdAt: fc.constant(1_000),
  stopCode: fc.constantFrom('', 'EssentialContainerExited'),
  stoppedReason: fc.constant(''),
  addresses: fc.constant([]),
  containers: fc.constant([{ name: 'api', image: '', imageDigest: 'sha256:new', reason: '' }]),
})

const targets: fc.Arbitrary<ObservedTarget> = fc.record({
  targetGroupArn: fc.constant('tg'),
  id: fc.constant('10.0.0.1'),
  port: fc.constant(80),
  state: fc.constantFrom('healthy', 'unhealthy'),
  reason: fc.constant(''),
  description: fc.constant(''),
})

export const observations: fc.Arbitrary<Observation> = fc.record({
  observedAt: fc.constant(10_000),
  service: services,
  serviceDeployments: fc.oneof(fc.tuple(records), fc.constant('unavailable' as const)),
  tasks: fc.array(tasks, { maxLength: 3 }),
  targets: fc.array(targets, { maxLength: 2 }),
})
