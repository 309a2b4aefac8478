import { didYouMean } from './nearest.ts'
import { freezeSpec } from './freeze-window.ts'
import { inDependencyOrder } from './order.ts'
import type { Config } from './schema.ts'
import type {
  ImageSpec,
  NotificationSpec,
  ServiceSpec,
  EnvironmentSpec,
} from '../contract/environment-spec.ts'

/** The configuration has no environment of the requested name. */
export class UnknownEnvironmentError extends Error {
  override readonly name = 'UnknownEnvironmentError'

  constructor(environment: string, known: readonly string[]) {
    const near = didYouMean(environment, known)
    super(
      `There is no environment ${JSON.stringify(environment)} in the configuration${near || '.'} ` +
        `Environments: ${known.join(', ')}.`,
    )
  }
}

/**
 * One environment of a configuration, ready for a release: defaults filled in, the environment's
 * settings in place of the general fields, services in the order in which they are deployed,
 * and only the images that they run.
 *
 * @param source.repository what builders clone if the configuration names no repository
 * @throws UnknownEnvironmentError
 */
export function resolveEnvironment(
  config: Config,
  environment: string,
  source: { readonly repository: string },
): EnvironmentSpec {
  const known = Object.keys(config.environments)
  const settings = Object.hasOwn(config.environments, environment)
    ? config.environments[environment]
    : undefined
  if (settings === undefined) throw new UnknownEnvironmentError(environment, known)
  const services = inDependencyOrder(
    Object.entries(config.services).map(([name, service]) => {
      const override = Object.hasOwn(settings.services, name) ? settings.services[name] : undefined
      return serviceSpec(name, { ...service, ...given(override ?? {}) })
    }),
  )
  const used = new Set(services.flatMap((service) => Object.values(service.containers)))
  return {
    project: config.project,
    environment,
    aws: given({ region: settings.region, profile: settings.profile }),
    cluster: settings.cluster,
    mode: settings.mode,
    repository: config.repository ?? source.repository,
    checks: { commands: config.checks.commands, timeoutMs: config.checks.timeout },
    images: Object.entries(config.images)
      .filter(([name]) => used.has(name))
      .map(([name, image]) => imageSpec(name, image)),
    services,
    ...otherServicesOf(config, environment),
    stability: { timeoutMs: config.stability.timeout, windowMs: config.stability.window },
    rollback: { timeoutMs: config.rollback.timeout, deregister: config.rollback.deregister },
    failure: config.failure,
    ...(config.links.temporalUi === undefined ? {} : { links: given(config.links) }),
    ...notificationsOf(settings.notifications ?? config.notifications),
    taskQueues: config.taskQueues,
    admission: {
      ...settings.concurrency,
      ...given({ approval: settings.approval && { timeoutMs: settings.approval.timeout } }),
      freezes: settings.freezes.flatMap(freezeSpec),
    },
  }
}

/** A task definition family is of one region. Where none is configured, it may be the same. */
function otherServicesOf(
  config: Config,
  environment: string,
): Pick<EnvironmentSpec, 'otherServices'> {
  const region = config.environments[environment]?.region
  const otherServices = Object.entries(config.environments)
    .filter(([name, other]) => name !== environment && mayBeSame(other.region, region))
    .flatMap(([, { cluster, services }]) =>
      Object.entries(config.services).map(([name, { service }]) => {
        const override = Object.hasOwn(services, name) ? services[name] : undefined
        return { cluster, ecsService: override?.service ?? service }
      }),
    )
  return otherServices.length === 0 ? {} : { otherServices }
}

function mayBeSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function serviceSpec(name: string, service: Config['services'][string]): ServiceSpec {
  return {
    name,
    ecsService: service.service,
    containers: service.containers ?? { [name]: name },
    after: service.after,
    circuitBreaker: service.circuitBreaker,
    revision: service.revision,
    ...given({ verifyUrl: service.verifyUrl }),
  }
}

function imageSpec(name: string, image: Config['images'][string]): ImageSpec {
  const { timeout, target, platform, ...rest } = image
  return { name, ...rest, ...given({ target, platform }), timeoutMs: timeout }
}

function notificationsOf(
  receivers: Config['notifications'],
): Pick<EnvironmentSpec, 'notifications'> {
  if (receivers.length === 0) return {}
  return {
    notifications: receivers.map(({ secretFrom, outcomes, ...rest }): NotificationSpec => ({
      ...rest,
      ...given({ secretFrom, outcomes }),
    })),
  }
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

/** The fields without those that are undefined, which would hide what they override. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>
}
