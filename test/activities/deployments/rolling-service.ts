import assert from 'node:assert/strict'
import {
  CreateServiceCommand,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'
import { createReleaseActivities } from '../../../activities/index.ts'
import type { InspectedService, Revision } from '../../../contract/activity-types.ts'
import type { StartedDeployment } from '../../../rollout/deployment.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { scriptedRuntime, type Behaviour } from '../../../simulator/runtime/scripted.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { useAsAws } from '../simulated-account.ts'
import { digest, digitOf } from './digit-images.ts'

/** Behaviour of an image's tasks, by the first digit of its digest. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  '1': {},
  '2': {},
  c: { exits: { afterMs: 5, code: 3 }, logs: ['listening', 'panic: no database'] },
  d: { startMs: 600_000 },
  e: { pullFails: true },
  a: {
    pullFails:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout. Please check your task network configuration.',
  },
}

const instant = { react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 }
const quick = { pullMs: 1, startMs: 1, stopMs: 1 }

let number = 0
/** The digest that `api-latest` points at. */
let movingTag = digest('1')

/** Points the tag `api-latest` at an image. */
export function moveTag(digit: string): void {
  movingTag = digest(digit)
}

/** Starts an account that this process uses as its AWS. */
export async function startRollingAccount(): Promise<Simulator> {
  const simulator = await startSimulator({
    timings: { ...fastTimings, ...instant },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: (task) => ({ ...quick, digests: { api: movingTag }, ...behaviours[digitOf(task)] }),
    }),
  })
  await useAsAws(simulator)
  return simulator
}

export const activities = createReleaseActivities({ pace: { nearEndMs: 20, farMs: 50 } })

/** Creates a service that runs image 1, with the activities of a release for it. */
export async function liveService(kind: boolean | 'daemon', mode: EnvironmentSpec['mode'] = 'pin') {
  number += 1
  const isDaemon = kind === 'daemon'
  const circuitBreaker = kind === true
  const ecs = new ECSClient()
  const name = `api-${number}`
  const image = mode === 'pin' ? `@${digest('1')}` : ':api-latest'
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      containerDefinitions: [
        {
          name: 'api',
          image: `host/mailman-api${image}`,
          essential: true,
          memory: 64,
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/mailman', 'awslogs-stream-prefix': 'ecs' },
          },
        },
      ],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'mailman',
      serviceName: name,
      taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
      ...(isDaemon
        ? { schedulingStrategy: 'DAEMON' }
        : {
            desiredCount: 1,
            deploymentConfiguration: {
              deploymentCircuitBreaker: { enable: circuitBreaker, rollback: circuitBreaker },
            },
          }),
    }),
  )
  const service = serviceNamed('api', {
    ecsService: name,
    circuitBreaker: isDaemon ? 'required' : 'optional',
  })
  const spec = specWith({ aws: {}, services: [service], mode })
  const inspect = () =>
    inActivity(() => activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'deploy' }))
  return {
    name,
    spec,
    service,
    inspect,
    /** Waits until the service is live: until then, inspection finds a deployment in progress. */
    async settled(): Promise<InspectedService> {
      for (let tries = 0; ; tries += 1) {
        const found = await inspect().catch((error: unknown) => error)
        const [inspected] = isInspection(found) ? found.services : []
        if (inspected !== undefined && inspected.now.digests['api'] !== undefined) return inspected
        if (tries > 200) throw found instanceof Error ? found : new Error('not live in time')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    /** Waits until one of its tasks has crashed. */
    async restarted(): Promise<void> {
      const stopped = { cluster: 'mailman', serviceName: name, desiredStatus: 'STOPPED' } as const
      for (let tries = 0; tries < 300; tries += 1) {
        const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand(stopped))
        const described = await ecs.send(new DescribeTasksCommand({ cluster: 'mailman', tasks }))
        if (described.tasks?.some(({ stopCode }) => stopCode === 'EssentialContainerExited')) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('no task has crashed in time')
    },
    async register(digit: string): Promise<Revision> {
      const pushed = {
        name: 'api',
        repositoryUri: 'host/mailman-api',
        tag: 'tag',
        digest: digest(digit),
      }
      const [made] = await inActivity(() =>
        activities.registerRevisions({ spec, release: 'r', commit, running: [], images: [pushed] }),
      )
      assert.ok(made)
      return made
    },
    async deploymentsOf(revision: Revision) {
      const { serviceDeployments = [] } = await ecs.send(
        new ListServiceDeploymentsCommand({ cluster: 'mailman', service: name }),
      )
      const arns = serviceDeployments.flatMap((one) => one.targetServiceRevisionArn ?? [])
      const { serviceRevisions = [] } = await ecs.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
      )
      return serviceRevisions.filter((one) => one.taskDefinition === revision.taskDefinition)
    },
    update: (revision: Revision, inspected: InspectedService, force = false) =>
      inActivity(() =>
        activities.updateService({
          spec,
          service,
          revision,
          before: inspected.rollbackTarget,
          force,
        }),
      ),
    wait: (started: StartedDeployment, revision: Revision, timeoutMs = 20_000) =>
      inActivity(() =>
        activities.waitForRollout({
          spec,
          service,
          started,
          revision,
          deadline: Date.now() + timeoutMs,
        }),
      ),
    rollBack: (inspected: InspectedService, started?: StartedDeployment, timeoutMs = 20_000) =>
      inActivity(() =>
        activities.rollBackService({
          spec,
          service,
          to: inspected.rollbackTarget,
          ...(started === undefined ? {} : { started }),
          deadline: Date.now() + timeoutMs,
        }),
      ),
  }
}

function isInspection(value: unknown): value is { services: readonly InspectedService[] } {
  return typeof value === 'object' && value !== null && 'services' in value
}
