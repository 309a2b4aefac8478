import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string' && value.length <= 2_000
const name: Check = (value) => text(value) && value !== ''
const flag: Check = (value) => typeof value === 'boolean'
/** Longer than any duration of a configuration, and still a date when it is added to one. */
const time: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e13
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value)
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const texts: Check = (value) => {
  const fields = fieldsOf(value)
  return fields !== undefined && Object.values(fields).every(text)
}
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const found = fieldsOf(value)
    return found !== undefined && Object.entries(checks).every(([key, check]) => check(found[key]))
  }

const spec = fields({
  project: name,
  environment: name,
  aws: fields({ region: maybe(text), profile: maybe(text) }),
  cluster: name,
  mode: oneOf('pin', 'force'),
  repository: name,
  checks: fields({ commands: list(text), timeoutMs: time }),
  images: list(
    fields({
      name,
      repository: name,
      dockerfile: name,
      context: name,
      target: maybe(text),
      platform: maybe(text),
      args: texts,
      timeoutMs: time,
    }),
  ),
  services: list(
    fields({
      name,
      ecsService: name,
      containers: texts,
      after: list(name),
      circuitBreaker: oneOf('required', 'optional'),
      verifyUrl: maybe(text),
    }),
  ),
  stability: fields({ timeoutMs: time, windowMs: time }),
  rollback: fields({ timeoutMs: time, deregister: maybe(flag) }),
  failure: maybe(fields({ logs: flag })),
  links: maybe(fields({ temporalUi: maybe(text) })),
  taskQueues: fields({ release: name, builder: name, builderGoneMs: maybe(time) }),
  admission: fields({
    policy: oneOf('supersede', 'queue', 'reject'),
    supersedeRunning: flag,
    approval: maybe(fields({ timeoutMs: time })),
    freezes: list(fields({ kind: oneOf('weekly', 'dates'), timeZone: name, reason: maybe(text) })),
  }),
})

/**
 * Whether something can be taken for the environment of a configuration. Workflows trust all of
 * it, and would try a task for ever that stumbles over something else. Who is to be told is looked
 * at where people are told, since a release must not fail for that.
 */
export function isEnvironmentSpec(value: unknown): value is EnvironmentSpec {
  return spec(value)
}

/** The fields of an object that is no list. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined
}
