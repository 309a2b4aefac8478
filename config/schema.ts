import { z } from 'zod'
import { duration, durationOrZero } from './duration.ts'
import { freezeWindow } from './freeze-window.ts'
import { image } from './image.ts'
import { notification } from './notification.ts'

/**
 * The schema of `slipway.yaml`. Types, validation, the JSON Schema for editors and the reference
 * page all come from here, so each description is written for a reader of that page.
 */

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
    'letters, digits, "-" and "_", at most 63, a letter or digit first',
  )

/** User info in an http(s) URL is a secret, and a workflow's history keeps what this file says. */
const withoutCredentials = /^(?!https?:\/\/[^/]*@)[^-\s\p{Cc}]\P{Cc}*$/iu

/** A record that must not be empty, in zod and in the JSON Schema alike. */
function atLeastOne<Value extends z.ZodType>(values: Value, what: string) {
  return z
    .record(name, values)
    .refine((record) => Object.keys(record).length > 0, `at least one ${what}`)
    .meta({ minProperties: 1 })
}

const serviceFields = {
  service: z.string().min(1).describe('Name of the ECS service.'),
  containers: z
    .record(z.string().min(1), name)
    .optional()
    .describe(
      'Container name in the task definition → image that it runs. Default: one container and one image, both with the name of this service.',
    ),
  after: z
    .array(name)
    .describe('Services to deploy first. This one follows once they are stable and healthy.'),
  circuitBreaker: z
    .enum(['required', 'optional'])
    .describe(
      '`required` rejects the release if the ECS deployment circuit breaker of the service is off; a daemon, for which ECS has none, needs none. `optional` relies on the stability timeout alone.',
    ),
  revision: z
    .strictObject({
      base: z
        .enum(['running', 'newest'])
        .describe(
          '`running`: the revision that the service runs. `newest`: the newest revision of its family that has not been deployed yet, for instance one that Terraform has just registered; if the newest one belongs to another service or environment, the release is rejected.',
        ),
    })
    .describe(
      'The revision that a new one is cloned from. Default: `{ base: running }`. See [Terraform](../how-to/terraform.md).',
    ),
  verifyUrl: z
    .string()
    .regex(
      /^https?:\/\/[^\s/@]+(\/[^\s]*)?$/,
      'an http or https address without credentials, such as "https://api.example.com/health"',
    )
    .optional()
    .describe('Requested once the service is stable. The status must be 2xx.'),
}

const service = z
  .strictObject({
    ...serviceFields,
    after: serviceFields.after.default([]),
    circuitBreaker: serviceFields.circuitBreaker.default('required'),
    revision: serviceFields.revision.default({ base: 'running' }),
  })
  .describe('A service to deploy.')

const environment = z
  .strictObject({
    region: z
      .string()
      .min(1)
      .optional()
      .describe('AWS region. Default: what the AWS SDK on the worker finds.'),
    profile: z
      .string()
      .min(1)
      .optional()
      .describe('AWS profile on the worker. Default: what the AWS SDK there finds.'),
    cluster: z.string().min(1).describe('Name or ARN of the ECS cluster.'),
    mode: z
      .enum(['pin', 'force'])
      .default('pin')
      .describe(
        '`pin` registers a task definition revision with images pinned by digest. `force` starts a new deployment of the moving tag, as `--force-new-deployment` does.',
      ),
    concurrency: z
      .strictObject({
        policy: z
          .enum(['supersede', 'queue', 'reject'])
          .default('supersede')
          .describe(
            'What happens to a deploy while a release runs. `supersede`: it waits and replaces every deploy that already waits. `queue`: it waits its turn. `reject`: it is rejected.',
          ),
        supersedeRunning: z
          .boolean()
          .default(false)
          .describe('Whether a newer deploy also cancels the running one, which then rolls back.'),
      })
      .prefault({})
      .describe('What happens to other requests while a release runs. Only one runs at a time.'),
    approval: z
      .strictObject({
        timeout: duration
          .prefault('24h')
          .describe('How long to wait for an approval before the release is rejected.'),
      })
      .optional()
      .describe('Makes every deploy wait for an approval. Rollbacks never wait.'),
    freezes: z
      .array(freezeWindow)
      .default([])
      .describe('Times when nothing is deployed. Rollbacks are always allowed.'),
    notifications: z
      .array(notification)
      .optional()
      .describe(
        'Receivers of notifications about this environment, instead of those at the top of the file.',
      ),
    services: z
      .record(name, z.strictObject(serviceFields).partial())
      .default({})
      .describe('Fields of services that differ in this environment, by service.'),
  })
  .describe('A place where the services run, such as staging or production.')

export const configSchema = z
  .strictObject({
    project: name.describe('Name of the project, for summaries and task definition tags.'),
    repository: z
      .string()
      .regex(
        withoutCredentials,
        'a path or a git URL without credentials (give the builder a git credential helper or an SSH key instead)',
      )
      .optional()
      .describe(
        'Where builders get the source: a path or URL that `git clone` accepts. Default: the repository that contains this file.',
      ),
    checks: z
      .strictObject({
        commands: z
          .array(z.string().min(1))
          .default([])
          .describe('Shell command lines. They run in the checkout, one after the other.'),
        timeout: duration.prefault('30m').describe('Timeout for all commands together.'),
      })
      .prefault({})
      .describe('Checks that must pass before anything is built.'),
    images: atLeastOne(image, 'image').describe('Images, by name.'),
    services: atLeastOne(service, 'service').describe('Services, by name.'),
    environments: atLeastOne(environment, 'environment').describe('Environments, by name.'),
    stability: z
      .strictObject({
        timeout: duration
          .prefault('30m')
          .describe(
            'How long one service may take to become stable and healthy before the release is rolled back.',
          ),
        window: durationOrZero
          .prefault('30s')
          .describe(
            'How long all services must stay healthy before the release counts as succeeded. It is extended if tasks crashed during the rollout; see "Choose the stability window" in how-to/operate.md.',
          ),
      })
      .prefault({})
      .describe('When a deployment counts as live.'),
    rollback: z
      .strictObject({
        timeout: duration
          .prefault('30m')
          .describe(
            'How long the rollback of one service may take. Also how long a rollback waits, for all services together, until expired credentials of the worker are renewed.',
          ),
        deregister: z
          .boolean()
          .default(false)
          .describe(
            'Whether a release deregisters the revisions that it registered, if it was rolled back or ECS refused to deploy them, so that nothing else deploys them. Revisions that run and rollback targets are never deregistered.',
          ),
      })
      .prefault({})
      .describe('How a failed release is rolled back.'),
    failure: z
      .strictObject({
        logs: z
          .boolean()
          .default(true)
          .describe(
            'Whether to report the last 20 lines that failed tasks wrote to CloudWatch Logs. They are stored in the workflow’s history and shown in the Temporal UI and in CI output. Turn this off if the program may print secrets.',
          ),
      })
      .prefault({})
      .describe('What is reported about a failure.'),
    notifications: z
      .array(notification)
      .default([])
      .describe(
        'Receivers of notifications about every environment that has no `notifications` of its own.',
      ),
    links: z
      .strictObject({
        temporalUi: z
          .string()
          .regex(
            /^https?:\/\/[^\s()<>@]+$/,
            'an http or https address, such as "https://cloud.temporal.io"',
          )
          .optional()
          .describe(
            'Address of the Temporal UI. `TEMPORAL_UI_URL` takes precedence. Summaries of CI jobs, notifications and the page of an environment in the Temporal UI link to releases there.',
          ),
      })
      .prefault({})
      .describe('Addresses to link to.'),
    taskQueues: z
      .strictObject({
        release: z
          .string()
          .min(1)
          .default('slipway')
          .describe('Task queue for workflows and AWS activities.'),
        builder: z
          .string()
          .min(1)
          .default('slipway-builder')
          .describe('Task queue for source, checks, builds and pushes.'),
      })
      .prefault({})
      .describe('Temporal task queues.'),
  })
  .describe('Configuration of Slipway.')

export type Config = z.output<typeof configSchema>
