import type { Service, TaskDefinition } from '@aws-sdk/client-ecs'
import type { RequiredPlatform } from '../../contract/activity-types.ts'
import { shortName } from '../../rollout/arn.ts'

const architectures: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' }

/**
 * The platform on which tasks of a task definition run in a service. What `runtimePlatform` leaves
 * out is X86_64 and LINUX on Fargate ("Task definition parameters for Fargate" in the ECS developer
 * guide: the default is assigned when the task starts); anywhere else it is that of the instance,
 * and unknown here. Undefined if nothing is known.
 */
export function requiredPlatform(
  service: Service | undefined,
  definition: TaskDefinition,
): RequiredPlatform | undefined {
  const { cpuArchitecture, operatingSystemFamily } = definition.runtimePlatform ?? {}
  const fargate = isOnFargate(service)
  const cpu = cpuArchitecture ?? (fargate ? 'X86_64' : undefined)
  const family = operatingSystemFamily ?? (fargate ? 'LINUX' : undefined)
  const architecture = cpu === undefined ? undefined : architectures[cpu]
  const os = family === undefined ? undefined : osOf(family)
  if (architecture === undefined && os === undefined) return undefined
  return {
    service: service?.serviceName ?? '',
    taskDefinition: shortName(definition.taskDefinitionArn ?? definition.family ?? ''),
    ...(os === undefined ? {} : { os }),
    ...(architecture === undefined ? {} : { architecture }),
  }
}

/** `LINUX`, `WINDOWS_SERVER_2022_CORE`, … */
function osOf(family: string): string | undefined {
  if (family === 'LINUX') return 'linux'
  return family.startsWith('WINDOWS') ? 'windows' : undefined
}

/** By its launch type, or by all of its capacity providers. */
function isOnFargate(service: Service | undefined): boolean {
  const providers = service?.capacityProviderStrategy ?? []
  if (providers.length === 0) return service?.launchType === 'FARGATE'
  return providers.every(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? ''))
}
