import { ApplicationFailure } from '@temporalio/activity'
import type { BuilderActivities, ReleaseActivities } from '../../contract/activities.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { DeployRequest } from '../../contract/requests.ts'
import { imageNamed, serviceNamed, specWith } from '../unit/environment-specs.ts'

export const commit = '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4'
export const anotherCommit = '9e8d7c6b5a493827160504f3e2d1c0b9a8978685'

/** `mailman` in `production`: api before worker, half an hour for a rollout to become stable. */
export function specFor(queue: string, change: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
  return specWith({
    repository: '/src/mailman',
    checks: { commands: ['make check'], timeoutMs: 60_000 },
    images: ['api', 'worker'].map((target) =>
      imageNamed(target, { repository: 'mailman', target }),
    ),
    services: [serviceNamed('api'), serviceNamed('worker', { after: ['api'] })],
    stability: { timeoutMs: 30 * 60_000, windowMs: 30_000 },
    rollback: { timeoutMs: 30 * 60_000 },
    taskQueues: { release: queue, builder: queue },
    ...change,
  })
}

export function deployOf(
  spec: EnvironmentSpec,
  change: Partial<DeployRequest> = {},
): DeployRequest {
  return {
    kind: 'deploy',
    spec,
    commit,
    subject: 'Add organization id to inboxes',
    requestedBy: 'ann@laptop',
    ...change,
  }
}

export const live: RolloutEnd = {
  kind: 'succeeded',
  basis: 'service deployment',
  summary: '1 of 1 tasks running',
}

export const arn = (name: string, revision: number) =>
  `arn:aws:ecs:eu-west-1:123456789012:task-definition/mailman-${name}:${revision}`

export const digestOf = (name: string, revision: number) =>
  `sha256:${`${name.length}${revision}`.padEnd(64, '0')}`

const running = (name: string, revision: number): RunningRevision => ({
  taskDefinition: arn(name, revision),
  digests: { [name]: digestOf(name, revision) },
})

type Activities = ReleaseActivities & BuilderActivities

/** Activities that record their calls, in order. */
export interface Fakes {
  readonly calls: readonly string[]
  readonly activities: Activities
}

/**
 * Activities that all succeed: services run revision 7, a new release registers 8. A test overrides
 * those that behave otherwise.
 */
export function fakes(queue: string, otherwise: Partial<Activities> = {}): Fakes {
  const calls: string[] = []
  const successful: Activities = {
    inspectEnvironment: async ({ spec }) => ({
      services: spec.services.map(({ name }) => ({
        name,
        now: running(name, 7),
        rollbackTarget: { ...running(name, 7), deploymentId: 'ecs-svc/7', hasSucceeded: true },
        desiredCount: 1,
      })),
      warnings: [],
    }),
    findImages: async ({ spec, commit: requested }) =>
      spec.images.map(({ name }) => ({
        name,
        repositoryUri: 'ecr/mailman',
        tag: `${name}-${requested}`,
      })),
    registerRevisions: async ({ spec, images }) =>
      spec.services.map(({ name }) => ({
        service: name,
        taskDefinition: arn(name, 8),
        digests: { [name]: images.find((one) => one.name === name)?.digest ?? '' },
        registered: true,
      })),
    moveTags: async ({ images }) => images.map(({ name }) => ({ name, digest: digestOf(name, 7) })),
    updateService: async ({ service: { name }, revision }) => ({
      service: name,
      taskDefinition: revision.taskDefinition,
      deploymentId: 'ecs-svc/8',
    }),
    waitForRollout: async () => live,
    rollBackService: async () => live,
    awaitCredentials: async () => true,
    verifyRelease: async () => live,
    listRevisions: async () => [],
    resolveRollback: async ({ revisions }) => {
      if (revisions !== undefined) return revisions
      throw ApplicationFailure.nonRetryable(
        'There is nothing to roll back to.',
        'PreconditionFailed',
      )
    },
    deregisterRevisions: async () => [],
    notify: async () => {},
    planRelease: async () => {
      throw new Error('not expected')
    },
    prepareSource: async () => ({ hostQueue: queue, subject: 'Add organization id to inboxes' }),
    findBranch: async () => ({ commit, subject: 'Add organization id to inboxes', committedAt: 0 }),
    runChecks: async () => {},
    buildImage: async () => {},
    pushImage: async ({ image: found }) => ({ ...found, digest: digestOf(found.name, 8) }),
    discardSource: async () => {},
  }
  const all = { ...successful, ...otherwise }
  const activities = Object.fromEntries(
    Object.entries(all).map(([name, run]) => [
      name,
      async (input: object) => {
        calls.push(about(name, input))
        return (run as (input: object) => Promise<unknown>)(input)
      },
    ]),
  ) as unknown as Activities
  return { calls, activities }
}

/** `updateService api`, `buildImage worker`, `runChecks` */
function about(name: string, input: object): string {
  const subject = 'service' in input ? input.service : 'image' in input ? input.image : undefined
  const named = typeof subject === 'object' && subject !== null && 'name' in subject
  return named ? `${name} ${String(subject.name)}` : name
}
