import { didYouMean } from './nearest.ts'
import { cycles } from './order.ts'
import {
  type Outline,
  type OutlinedEnvironment,
  type OutlinedService,
  overridden,
} from './outline.ts'

type Path = readonly (string | number)[]

/** A reference to something that is not defined, or one that is part of a cycle. */
export interface WrongReference {
  readonly path: Path
  readonly about: 'key' | 'value'
  readonly message: string
}

/** Every reference to an undefined image or service, and every cycle in `after`. */
export function wrongReferences(config: Outline): readonly WrongReference[] {
  const wrong = [
    ...config.services.flatMap((service) => [
      ...wrongImages(config, service, ['services', service.name], true),
      ...wrongAfter(config, service, ['services', service.name]),
    ]),
    ...cyclesIn(config.services, (name) => ['services', name, 'after']),
    ...config.environments.flatMap((environment) => wrongInEnvironment(config, environment)),
  ]
  // A mistake in the general part shows in several environments: report it once.
  return [...new Map(wrong.map((one) => [JSON.stringify([one.path, one.message]), one])).values()]
}

/** Images that no service runs in any environment. They are not built. */
export function unusedImages(config: Outline): readonly string[] {
  const services = [
    ...config.services,
    ...config.environments.flatMap((environment) =>
      environment.services.filter((one) => one.containers !== undefined),
    ),
  ]
  const used = new Set(services.flatMap(imagesOf))
  return (config.images ?? []).filter((image) => !used.has(image))
}

function imagesOf(service: OutlinedService): readonly string[] {
  return service.containers?.map((one) => one.image) ?? [service.name]
}

function wrongInEnvironment(
  config: Outline,
  environment: OutlinedEnvironment,
): readonly WrongReference[] {
  const base: Path = ['environments', environment.name, 'services']
  const names = config.services.map((one) => one.name)
  const here = config.services.map((service) => overridden(service, environment))
  const overrides = (name: string) => environment.services.find((one) => one.name === name)
  const unknown = environment.services
    .filter((one) => !names.includes(one.name))
    .map((one) => ({
      path: [...base, one.name],
      about: 'key' as const,
      message: `found an override of a service that is not defined${hint(one.name, names)}`,
    }))
  const wrong = environment.services.flatMap((service) => [
    ...wrongImages(config, service, [...base, service.name], false),
    ...wrongAfter(config, service, [...base, service.name]),
  ])
  // Cycles of the general part are reported there; here only those that an override closes.
  const closed =
    cyclesIn(config.services, () => []).length > 0
      ? []
      : cyclesIn(here, (name) => [
          ...(overrides(name)?.after === undefined ? ['services'] : base),
          name,
          'after',
        ])
  return [...unknown, ...wrong, ...closed, ...sharedServices(here, environment)]
}

/** Two services with one ECS service behind them would deploy over each other. */
function sharedServices(
  here: readonly OutlinedService[],
  environment: OutlinedEnvironment,
): readonly WrongReference[] {
  return here.flatMap((service, index) => {
    const other = here.slice(0, index).find((one) => one.service === service.service)
    if (service.service === undefined || other === undefined) return []
    const override = environment.services.find((one) => one.name === service.name)
    const base: Path =
      override?.service === undefined
        ? ['services']
        : ['environments', environment.name, 'services']
    const message = `found the ECS service "${service.service}", which "${other.name}" already uses; expected one of its own`
    return [{ path: [...base, service.name, 'service'], about: 'value' as const, message }]
  })
}

function wrongImages(
  config: Outline,
  service: OutlinedService,
  path: Path,
  complete: boolean,
): readonly WrongReference[] {
  const images = config.images
  if (images === undefined) return []
  if (service.containers === undefined) {
    if (!complete || images.includes(service.name)) return []
    const message = `has no "containers", and no image is named "${service.name}"; expected "containers" (container: image) with one of these images: ${images.join(', ')}`
    return [{ path, about: 'key', message }]
  }
  return service.containers
    .filter((one) => !images.includes(one.image))
    .map(({ container, image }) => ({
      path: [...path, 'containers', container],
      about: 'value',
      message: `found the image "${image}", which is not defined${hint(image, images)}`,
    }))
}

function wrongAfter(
  config: Outline,
  service: OutlinedService,
  path: Path,
): readonly WrongReference[] {
  const names = config.services.map((one) => one.name)
  return (service.after ?? []).flatMap((name, index) =>
    names.includes(name)
      ? []
      : [
          {
            path: [...path, 'after', index],
            about: 'value' as const,
            message: `found the service "${name}", which is not defined${hint(name, names)}`,
          },
        ],
  )
}

function cyclesIn(
  services: readonly OutlinedService[],
  pathOf: (name: string) => Path,
): readonly WrongReference[] {
  const ordered = services.map(({ name, after = [] }) => ({ name, after }))
  return cycles(ordered).map((cycle) => ({
    path: pathOf(cycle[0] ?? ''),
    about: 'value',
    message: `found a cycle: ${cycle.join(' after ')}; remove one "after"`,
  }))
}

function hint(name: string, known: readonly string[]): string {
  return didYouMean(name, known) || `; expected one of: ${known.join(', ')}`
}
