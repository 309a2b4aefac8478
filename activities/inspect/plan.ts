import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { diffTaskDefinitions } from './diff.ts'
import { rejection } from '../temporal/failures.ts'
import { findImages } from '../image/find-images.ts'
import { examineEnvironment, type ExaminedService } from './examine.ts'
import { describeTaskDefinition } from '../ecs/task-definitions.ts'
import { registrablePart, withImages } from '../ecs/task-definition-document.ts'
import type { FoundImage, Plan, ServicePlan } from '../../contract/activity-types.ts'

/**
 * What a release of a commit would change, compared with what runs now. Reads only.
 *
 * Fails as `PreconditionFailed` if the environment does not match the configuration. A deployment in
 * progress is only a warning here: it may have ended by the time the release is requested.
 */
export async function planRelease(
  clients: AwsClients,
  { spec, commit }: { spec: EnvironmentSpec; commit: string },
): Promise<Plan> {
  const { services, warnings, findings, conflicts } = await examineEnvironment(
    clients,
    spec,
    'deploy',
  )
  if (findings.length > 0) throw rejection(findings)
  const running = services.map(({ inspected }) => inspected)
  const images = await findImages(clients, { spec, commit, running })
  return {
    environment: spec.environment,
    commit,
    mode: spec.mode,
    services: await Promise.all(
      services.map((service) => planService(clients, { spec, service, images })),
    ),
    images,
    warnings: [...warnings, ...services.flatMap(scaledToZero), ...conflicts],
  }
}

/** A release says so only at its end, since somebody may scale the service until then. */
function scaledToZero({ service: { ecsService }, inspected }: ExaminedService): string[] {
  if (inspected.desiredCount > 0) return []
  return [
    `The desired count of service "${ecsService}" is 0: as long as no task runs, nothing can be verified.`,
  ]
}

async function planService(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ExaminedService; images: readonly FoundImage[] },
): Promise<ServicePlan> {
  const { spec, images } = which
  const { service, inspected, base } = which.service
  const current = await describeTaskDefinition(clients, inspected.now.taskDefinition)
  const next = registrablePart(base.document)
  const after = spec.mode === 'pin' ? withImages(next, imagesOf(service.containers, images)) : next
  return {
    service: service.name,
    ecsService: service.ecsService,
    current: inspected.now,
    changes: diffTaskDefinitions(
      { document: registrablePart(current.document), definition: current.definition },
      { document: after, definition: base.definition },
    ),
    basedOn: base.arn,
  }
}

/** Container name → the image it would run: by digest, or by tag if it is not built yet. */
function imagesOf(containers: Readonly<Record<string, string>>, images: readonly FoundImage[]) {
  return Object.fromEntries(
    Object.entries(containers).flatMap(([container, name]) => {
      const image = images.find((one) => one.name === name)
      if (image === undefined) return []
      const { repositoryUri, tag, digest } = image
      const suffix = digest === undefined ? `:${tag} (to be built)` : `@${digest}`
      return [[container, `${repositoryUri}${suffix}`]]
    }),
  )
}
