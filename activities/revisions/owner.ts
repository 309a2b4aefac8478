import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { shortName } from '../../rollout/arn.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { describeServices } from '../ecs/services.ts'
import { describeTasks, listTasks } from '../ecs/task-pages.ts'
import type { DescribedTaskDefinition } from '../ecs/task-definitions.ts'

/** A service or a release that a revision belongs to. */
export type Owner =
  | { readonly kind: 'service'; readonly cluster: string; readonly ecsService: string }
  | { readonly kind: 'release'; readonly release: string }

/** The service, or the release that asks, whose revisions are its own. */
export interface OwnerQuestion {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  /** Id of the release that asks; absent before it registers. */
  readonly release?: string | undefined
}

/**
 * The release that registered a revision, if that was for another project, environment or service.
 * Revisions of older versions do not name the service.
 */
export function registeredFor(
  revision: DescribedTaskDefinition,
  { spec, service, release: ours }: OwnerQuestion,
): Owner | undefined {
  const release = tagOf(revision.tags, revisionTags.release)
  if (release === undefined || release === ours) return undefined
  const name = tagOf(revision.tags, revisionTags.service) ?? service.name
  const isOurs = isOfEnvironment(revision, spec) && name === service.name
  return isOurs ? undefined : { kind: 'release', release }
}

/** Whether no release of another project or environment has registered a revision. */
export function isOfEnvironment(
  { tags }: DescribedTaskDefinition,
  spec: Pick<EnvironmentSpec, 'project' | 'environment'>,
): boolean {
  const release = tagOf(tags, revisionTags.release) ?? ''
  const project = tagOf(tags, revisionTags.project) ?? spec.project
  const environment = /^release\/([^/]+)\//.exec(release)?.[1] ?? spec.environment
  return project === spec.project && environment === spec.environment
}

/**
 * The other services that run revisions of a family, by the ARN of the revision: those of the
 * configuration in this region, with or without tasks, and all that have tasks in the same clusters.
 * A cluster that the worker must not or cannot see is left out.
 */
export async function otherRunners(
  clients: AwsClients,
  { spec, service }: OwnerQuestion,
  family: string,
): Promise<ReadonlyMap<string, Owner>> {
  const configured = [
    ...spec.services.map(({ ecsService }) => ({ cluster: spec.cluster, ecsService })),
    ...(spec.otherServices ?? []),
  ]
  const clusters = [...new Set(configured.map(({ cluster }) => cluster))]
  const found = await Promise.all(
    clusters.map(async (cluster) => {
      const names = configured.filter((one) => one.cluster === cluster)
      const runs = await Promise.all([
        whatServicesRun(clients, cluster, [...new Set(names.map(({ ecsService }) => ecsService))]),
        whatTasksRun(clients, cluster, family),
      ])
      return runs
        .flat()
        .filter(
          ({ ecsService }) =>
            shortName(cluster) !== shortName(spec.cluster) || ecsService !== service.ecsService,
        )
        .map(({ taskDefinition, ecsService }) => {
          const owner: Owner = { kind: 'service', cluster, ecsService }
          return [taskDefinition, owner] as const
        })
    }),
  )
  return new Map(found.flat())
}

interface Runner {
  readonly taskDefinition: string
  readonly ecsService: string
}

async function whatServicesRun(
  clients: AwsClients,
  cluster: string,
  names: readonly string[],
): Promise<readonly Runner[]> {
  const services = await describeServices(clients, cluster, names).catch(unseen)
  return [...(services?.values() ?? [])].flatMap(
    ({ serviceName: ecsService, status, taskDefinition, deployments = [] }) => {
      if (ecsService === undefined || status !== 'ACTIVE') return []
      const running = [taskDefinition, ...deployments.map((one) => one.taskDefinition)]
      return [...new Set(running)].flatMap((one) =>
        one === undefined ? [] : [{ taskDefinition: one, ecsService }],
      )
    },
  )
}

async function whatTasksRun(
  clients: AwsClients,
  cluster: string,
  family: string,
): Promise<readonly Runner[]> {
  const page = { cluster, family, desiredStatus: 'RUNNING' } as const
  const listed = await listTasks(clients, page).catch(unseen)
  const tasks = await describeTasks(clients, cluster, listed?.arns ?? []).catch(unseen)
  return (tasks ?? []).flatMap(({ taskDefinitionArn, group }) => {
    const ecsService = /^service:(.+)$/.exec(group ?? '')?.[1]
    return taskDefinitionArn === undefined || ecsService === undefined
      ? []
      : [{ taskDefinition: taskDefinitionArn, ecsService }]
  })
}

/** For a cluster of another account, or one that the worker has no permission for. */
function unseen(error: unknown): undefined {
  if (isTransient(error) || isUnauthenticated(error)) throw error
  return undefined
}
