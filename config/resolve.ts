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

/** The environment that was asked for is not in the configuration. */
export class UnknownEnvironmentError extends Error {
  override readonly name = 'UnknownEnvironmentError'

  constructor(environment: string, known: readonly string[]) {
    const near = didYouMean(environment, known)
    super(
      `There is no environment ${JSON.stringify(environment)} in the configuration${near || '.'} ` +
        `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.`,
    )
  }
}

/**
 * One environment of a configuration, ready for a release: defaults filled in, the environment's
 * overrides in place of the general fields, services in the order in which they are deployed,
 * and only the images that they run.
 *
 * @param source.repository what builders clone, where the configuration does not say
 * @throws UnknownEnvironmentError
 */
export function resolveEnvironment(
  config: Config,
  environment: string,
  source: { readonly repository: string },
): EnvironmentSpec {
  const known = Object.keys(config.environments)
  const place = Object.hasOwn(config.environments, environment)
    ? config.environments[environment]
    : undefined
  if (place === undefined) throw new UnknownEnvironmentError(environment, known)
  const services = inDependencyOrder(
    Object.entries(config.services).map(([name, service]) => {
      const override = Object.hasOwn(place.services, name) ? place.services[name] : undefined
      return serviceSpec(name, { ...service, ...given(override ?? {}) })
    }),
  )
  const used = new Set(services.flatMap((service) => Object.values(service.containers)))
  return {
    project: config.project,
    environment,
    aws: given({ region: place.region, profile: place.profile }),
    cluster: place.cluster,
    mode: place.mode,
    repository: config.repository ?? source.repository,
    checks: { commands: config.checks.commands, timeoutMs: config.checks.timeout },
    images: Object.entries(config.images)
      .filter(([name]) => used.has(name))
      .map(([name, image]) => imageSpec(name, image)),
    services,
    stability: { timeoutMs: config.stability.timeout, windowMs: config.stability.window },
    rollback: { timeoutMs: config.rollback.timeout, deregister: config.rollback.deregister },
    failure: config.failure,
    ...(config.links.temporalUi === undefined ? {} : { links: given(config.links) }),
    ...notificationsOf(place.notifications ?? config.notifications),
    taskQueues: config.taskQueues,
    admission: {
      ...place.concurrency,
      ...given({ approval: place.approval && { timeoutMs: place.approval.timeout } }),
      freezes: place.freezes.flatMap(freezeSpec),
    },
  }
}

function serviceSpec(name: string, service: Config['services'][string]): ServiceSpec {
  return {
    name,
    ecsService: service.service,
    containers: service.containers ?? { [name]: name },
    after: service.after,
    circuitBreaker: service.circuitBreaker,
    ...given({ verifyUrl: service.verifyUrl }),
  }
}

function imageSpec(name: string, image: Config['images'][string]): ImageSpec {
  const { timeout, target, platform, ...rest } = image
  return { name, ...rest, ...given({ target, platform }), timeoutMs: timeout }
}

function notificationsOf(told: Config['notifications']): Pick<EnvironmentSpec, 'notifications'> {
  if (told.length === 0) return {}
  return {
    notifications: told.map(({ secretFrom, outcomes, ...rest }): NotificationSpec => ({
      ...rest,
      ...given({ secretFrom, outcomes }),
    })),
  }
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

/** Without the fields that are undefined: those must not hide what they would override. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>
}
