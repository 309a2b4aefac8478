import {
  type Check,
  type Checked,
  either,
  fields,
  flag,
  list,
  literal,
  milliseconds,
  name,
  oneOf,
  optional,
  text,
  texts,
} from './check.ts'
import { outcomes } from './outcome.ts'
import { jsonBytes } from './size.ts'

/** Where ECS is. What is absent comes from the AWS SDK's own chain, on the worker. */
const awsSpec = fields({
  region: optional(text),
  profile: optional(text),
})

export type AwsSpec = Checked<typeof awsSpec>

const checksSpec = fields({
  /** Shell command lines of the user's own, run in the checkout one after the other. */
  commands: list(text),
  /** For all of them together. */
  timeoutMs: milliseconds,
})

export type ChecksSpec = Checked<typeof checksSpec>

const imageSpec = fields({
  /** Tags are `<name>-<commit>` and `<name>-latest`. */
  name,
  /** Name or address of the ECR repository; see `ecrRepositoryOf`. */
  repository: name,
  /** Relative to the checkout. */
  dockerfile: name,
  /** Relative to the checkout. */
  context: name,
  /** A stage of a multi-stage Dockerfile. Default: the last one. */
  target: optional(text),
  platform: optional(text),
  args: texts,
  timeoutMs: milliseconds,
})

export type ImageSpec = Checked<typeof imageSpec>

const serviceSpec = fields({
  /** What people call it: `api`. */
  name,
  /** What ECS calls it: `mailman-api`. */
  ecsService: name,
  /** Container name in the task definition → name of the image that it runs. */
  containers: texts,
  /** Names of the services that must be live before this one is touched. */
  after: list(name),
  /** `required`: a service whose ECS circuit breaker is off is rejected before anything changes. */
  circuitBreaker: oneOf('required', 'optional'),
  /**
   * Which revision a new one is cloned from: the one that the service runs, or the newest of its
   * family. Absent: the one that it runs.
   */
  revision: optional(fields({ base: oneOf('running', 'newest') })),
  /** Must answer 2xx once the service is stable. Absent: ECS and the load balancer decide. */
  verifyUrl: optional(text),
})

export type ServiceSpec = Checked<typeof serviceSpec>

const notificationEvent = oneOf('started', 'approval_needed', 'outcome')

export type NotificationEvent = Checked<typeof notificationEvent>

/** A receiver of notifications. Addresses and secrets stay in variables of the worker. */
const notificationSpec = fields({
  type: oneOf('slack', 'webhook'),
  /** Name of the worker's environment variable that holds the address. */
  urlFrom: name,
  /** Name of the variable that holds the secret which signs a webhook. */
  secretFrom: optional(text),
  on: list(notificationEvent),
  /** Only these outcomes. Absent: all. */
  outcomes: optional(list(oneOf(...outcomes))),
})

export type NotificationSpec = Checked<typeof notificationSpec>

/** Checked one by one where notifications are sent: a release must not fail for a bad one. */
const notificationSpecs: Check<readonly NotificationSpec[]> = (
  _value,
): _value is readonly NotificationSpec[] => true

export const isNotificationSpec = notificationSpec

/** Minutes since midnight: 0 to 1,440. */
const minuteOfDay: Check<number> = (value): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1_440

/** 0 is Sunday. */
const weekday: Check<number> = (value): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 6

const weeklyFreezeWindow = fields({
  kind: literal('weekly'),
  /** IANA name: `Europe/Berlin`. */
  timeZone: name,
  /** The window begins on these days. */
  days: list(weekday),
  from: minuteOfDay,
  /** At or before `from`: on the next day. */
  to: minuteOfDay,
  reason: optional(text),
})

const datesFreezeWindow = fields({
  kind: literal('dates'),
  /** IANA name: `Europe/Berlin`. */
  timeZone: name,
  /** First day: `2026-12-23`. */
  from: name,
  /** Last day, included. */
  to: name,
  reason: optional(text),
})

const freezeWindow = either(weeklyFreezeWindow, datesFreezeWindow)

/** A time in which nothing is deployed. Rollbacks are always admitted. */
export type FreezeWindow = Checked<typeof freezeWindow>

/** Which requests are admitted, and when. */
const admissionSpec = fields({
  /**
   * What happens to a deploy while another release runs. `supersede`: it waits, and replaces every
   * deploy that waits already. `queue`: it waits its turn. `reject`: it is rejected.
   */
  policy: oneOf('supersede', 'queue', 'reject'),
  /** A newer deploy also cancels the release that runs, which is then rolled back. */
  supersedeRunning: flag,
  /** Present where a deploy needs an approval, which must come within this time. */
  approval: optional(fields({ timeoutMs: milliseconds })),
  freezes: list(freezeWindow),
})

export type AdmissionSpec = Checked<typeof admissionSpec>

/** Temporal limits names to 1,000 bytes and keeps `/_sys/` for itself. */
const taskQueueName: Check<string> = (value): value is string =>
  name(value) && value.isWellFormed() && jsonBytes(value) <= 1_000 && !value.startsWith('/_sys/')

const taskQueues = fields({
  /** Workflows, and the activities that speak to AWS. */
  release: taskQueueName,
  /** Source, checks, image build and push: where a Docker engine is. */
  builder: taskQueueName,
  /**
   * Present where the builder lives only as long as the command that asked (`--build-here`): how
   * long a step may wait to be picked up before the builder counts as gone. No other is waited for.
   */
  builderGoneMs: optional(milliseconds),
})

export type TaskQueues = Checked<typeof taskQueues>

const environmentSpec = fields({
  project: name,
  environment: name,
  aws: awsSpec,
  /** Name or ARN of the ECS cluster. */
  cluster: name,
  /** `pin`: a new revision pinned to the digest. `force`: a new deployment on the moving tag. */
  mode: oneOf('pin', 'force'),
  /** Absolute path of a local checkout, or a remote URL, as `git clone` takes it. */
  repository: name,
  checks: checksSpec,
  images: list(imageSpec),
  /** In the order in which they are deployed; a rollback goes the other way. */
  services: list(serviceSpec),
  /**
   * Services of the configuration's other environments in the same region. They may run revisions of
   * the same families, which are then not for this environment.
   */
  otherServices: optional(list(fields({ cluster: name, ecsService: name }))),
  /** How long one service may take to become stable and healthy, and must then stay so. */
  stability: fields({ timeoutMs: milliseconds, windowMs: milliseconds }),
  rollback: fields({ timeoutMs: milliseconds, deregister: optional(flag) }),
  /** What a failure reports. Absent: with the last log lines of failed tasks. */
  failure: optional(fields({ logs: flag })),
  /** Where people look things up. */
  links: optional(fields({ temporalUi: optional(text) })),
  /** Who is notified of releases. Absent: nobody. */
  notifications: optional(notificationSpecs),
  taskQueues,
  admission: admissionSpec,
})

/**
 * One environment of a `slipway.yaml`, with every default filled in: all that a release needs to
 * know, as plain data that may be kept in a workflow's history. It never holds a secret. Durations
 * are milliseconds.
 */
export interface EnvironmentSpec extends Checked<typeof environmentSpec> {}

/**
 * Whether a value can be used as the spec of an environment. Workflows rely on every field of it:
 * one that trips over something else would retry the same task for ever.
 */
export const isEnvironmentSpec: Check<EnvironmentSpec> = environmentSpec
