/**
 * The names and references in a configuration, read leniently from a value that may be invalid. So
 * references are checked together with the schema, and all problems are reported at once.
 */
export interface Outline {
  /** Absent without a mapping of images: then references to images cannot be checked. */
  readonly images?: readonly string[]
  readonly services: readonly OutlinedService[]
  readonly environments: readonly OutlinedEnvironment[]
}

export interface OutlinedService {
  readonly name: string
  /** Name of the ECS service. */
  readonly service?: string
  readonly containers?: readonly { readonly container: string; readonly image: string }[]
  readonly after?: readonly string[]
}

export interface OutlinedEnvironment {
  readonly name: string
  /** The overrides of services. */
  readonly services: readonly OutlinedService[]
}

export function outline(value: unknown): Outline {
  const top = mapping(value) ?? {}
  const images = mapping(top['images'])
  return {
    ...(images === undefined ? {} : { images: Object.keys(images) }),
    services: services(top['services']),
    environments: Object.entries(mapping(top['environments']) ?? {}).map(([name, environment]) => ({
      name,
      services: services(mapping(environment)?.['services']),
    })),
  }
}

/** A service in an environment: the overrides instead of the general fields. */
export function overridden(
  service: OutlinedService,
  environment: OutlinedEnvironment,
): OutlinedService {
  return { ...service, ...environment.services.find((one) => one.name === service.name) }
}

function services(value: unknown): readonly OutlinedService[] {
  return Object.entries(mapping(value) ?? {}).map(([name, fields]) => {
    const service = mapping(fields) ?? {}
    const containers = mapping(service['containers'])
    return {
      name,
      ...(typeof service['service'] === 'string' ? { service: service['service'] } : {}),
      ...(containers === undefined
        ? {}
        : {
            containers: Object.entries(containers).flatMap(([container, image]) =>
              typeof image === 'string' ? [{ container, image }] : [],
            ),
          }),
      ...(Array.isArray(service['after'])
        ? { after: service['after'].filter((one) => typeof one === 'string') }
        : {}),
    }
  })
}

function mapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}
