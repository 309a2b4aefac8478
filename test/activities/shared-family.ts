import type { ReleaseKind } from '../../contract/release-reference.ts'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type Tag,
} from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../activities/index.ts'
import type { Inspection, Plan, Revision } from '../../contract/activity-types.ts'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { commit, digestA, digestB, serviceNamed, specWith } from '../unit/environment-specs.ts'

const activities = createReleaseActivities()
const settledIn = { tries: 300, everyMs: 10 }
let families = 0

/** A family of task definitions, and what a person or Terraform does with it. */
export function newFamily() {
  const ecs = new ECSClient()
  families += 1
  const family = `market-${families}`
  return {
    family,
    /** Registers a revision with this address of a database. Returns its ARN. */
    register: async (database: string, tags: Tag[] = []): Promise<string> => {
      const { taskDefinition } = await ecs.send(
        new RegisterTaskDefinitionCommand({
          family,
          containerDefinitions: [
            {
              name: 'api',
              image: `host/mailman-api@${digestA}`,
              memory: 64,
              essential: true,
              environment: [{ name: 'DATABASE_URL', value: database }],
            },
          ],
          ...(tags.length === 0 ? {} : { tags }),
        }),
      )
      return taskDefinition?.taskDefinitionArn ?? ''
    },
    databaseOf: async (taskDefinition: string): Promise<string | undefined> => {
      const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))
      return found.taskDefinition?.containerDefinitions?.[0]?.environment?.[0]?.value
    },
    /** Creates the service `web` that runs this revision, in a cluster of its own. */
    environment: (environment: string, taskDefinition: string, desiredCount = 1) =>
      newEnvironment(ecs, {
        environment,
        cluster: `${family}-${environment}`,
        taskDefinition,
        desiredCount,
      }),
  }
}

interface NewEnvironment {
  readonly environment: string
  readonly cluster: string
  readonly taskDefinition: string
  readonly desiredCount: number
}

async function newEnvironment(ecs: ECSClient, wanted: NewEnvironment) {
  const { environment, cluster, taskDefinition, desiredCount } = wanted
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  await ecs.send(
    new CreateServiceCommand({ cluster, serviceName: 'web', taskDefinition, desiredCount }),
  )
  const others: { cluster: string; ecsService: string }[] = []
  const specOf = (revision?: ServiceSpec['revision']) =>
    specWith({
      aws: {},
      environment,
      cluster,
      services: [
        serviceNamed('api', {
          ecsService: 'web',
          circuitBreaker: 'optional',
          ...(revision === undefined ? {} : { revision }),
        }),
      ],
      otherServices: others,
    })
  const self = {
    cluster,
    /** As in a configuration with both environments. */
    knows(other: { readonly cluster: string }): void {
      others.push({ cluster: other.cluster, ecsService: 'web' })
    },
    async runs(): Promise<string> {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster, services: ['web'] }),
      )
      return services?.[0]?.taskDefinition ?? ''
    },
    inspect: (revision?: ServiceSpec['revision'], kind: ReleaseKind = 'deploy') =>
      settled(() =>
        activities.inspectEnvironment({ spec: specOf(revision), freezes: 'kept', kind }),
      ),
    plan: async (revision?: ServiceSpec['revision']): Promise<Plan> => {
      await self.inspect(undefined, 'rollback')
      return await inActivity(() => activities.planRelease({ spec: specOf(revision), commit }))
    },
    /** Registers a revision that runs an image, as a release does. */
    async register(digest = digestB, revision?: ServiceSpec['revision']): Promise<Revision> {
      const { services: running } = await self.inspect(undefined, 'rollback')
      const image = { name: 'api', repositoryUri: 'host/mailman-api', tag: 'tag', digest }
      const [made] = await inActivity(() =>
        activities.registerRevisions({
          spec: specOf(revision),
          release: `release/${environment}/${digest.slice(7, 19)}`,
          commit,
          running,
          images: [image],
        }),
      )
      if (made === undefined) throw new Error('nothing was registered')
      return made
    },
    async deploy(deployed: string): Promise<void> {
      await ecs.send(
        new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: deployed }),
      )
      await self.inspect(undefined, 'rollback')
    },
    async release(digest = digestB, revision?: ServiceSpec['revision']): Promise<string> {
      const { taskDefinition: made } = await self.register(digest, revision)
      await self.deploy(made)
      return made
    },
  }
  await self.inspect(undefined, 'rollback')
  return self
}

/** An inspection fails while a deployment is in progress. */
async function settled(inspect: () => Promise<Inspection>): Promise<Inspection> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await inActivity(inspect)
    } catch (error) {
      const isConflict = (error as { type?: unknown }).type === 'Conflict'
      if (!isConflict || tries > settledIn.tries) throw error
      await new Promise((resolve) => setTimeout(resolve, settledIn.everyMs))
    }
  }
}
