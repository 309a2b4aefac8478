import { z } from 'zod'
import { duration, durationOrZero } from './duration.ts'
import { freezeWindow } from './freeze-window.ts'
import { image } from './image.ts'
import { notification } from './notification.ts'

/**
 * The shape of `slipway.yaml`. Types, validation, the JSON Schema for editors and the reference
 * page all come from here, so each field's description is written for a reader of that page.
 */

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
    'letters, digits, "-" and "_", at most 63, a letter or digit first',
  )

/** Userinfo in an http(s) address is a secret, and this file ends up in a workflow's history. */
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
      'Container name in the task definition → image it runs. Default: one container and one image, both named as the service is here.',
    ),
  after: z.array(name).describe('Services that must be live before this one is touched.'),
  circuitBreaker: z
    .enum(['required', 'optional'])
    .describe(
      '`required` refuses a service whose ECS deployment circuit breaker is off; `optional` relies on the stability timeout alone.',
    ),
  verifyUrl: z
    .string()
    .regex(
      /^https?:\/\/[^\s/@]+(\/[^\s]*)?$/,
      'an http or https address without credentials, such as "https://api.example.com/health"',
    )
    .optional()
    .describe('Asked once the service is stable; must answer 2xx.'),
}

const service = z
  .strictObject({
    ...serviceFields,
    after: serviceFields.after.default([]),
    circuitBreaker: serviceFields.circuitBreaker.default('required'),
  })
  .describe('A service that the release deploys.')

const environment = z
  .strictObject({
    region: z
      .string()
      .min(1)
      .optional()
      .describe('AWS region. Default: the AWS SDK’s own chain on the worker.'),
    profile: z
      .string()
      .min(1)
      .optional()
      .describe('AWS profile on the worker. Default: the AWS SDK’s own chain.'),
    cluster: z.string().min(1).describe('Name or ARN of the ECS cluster.'),
    mode: z
      .enum(['pin', 'force'])
      .default('pin')
      .describe(
        '`pin` registers a revision pinned to the digest. `force` starts a new deployment on the moving tag, as `--force-new-deployment` does.',
      ),
    concurrency: z
      .strictObject({
        policy: z
          .enum(['supersede', 'queue', 'reject'])
          .default('supersede')
          .describe(
            'What becomes of a deploy while a release runs. `supersede`: it waits in place of every deploy that waits already. `queue`: it waits its turn. `reject`: it is refused.',
          ),
        supersedeRunning: z
          .boolean()
          .default(false)
          .describe(
            'A newer deploy also cancels the one that runs, which takes back what it touched.',
          ),
      })
      .prefault({})
      .describe('One release runs at a time; this is about the others.'),
    approval: z
      .strictObject({
        timeout: duration
          .prefault('24h')
          .describe('How long an approval may take; then the release is rejected.'),
      })
      .optional()
      .describe('Makes every deploy wait until somebody approves it. Rollbacks never wait.'),
    freezes: z
      .array(freezeWindow)
      .default([])
      .describe('Times in which nothing is deployed. Rollbacks are always let in.'),
    notifications: z
      .array(notification)
      .optional()
      .describe('Who is told here, in place of those at the top of the file.'),
    services: z
      .record(name, z.strictObject(serviceFields).partial())
      .default({})
      .describe('What differs from the services above in this environment, by service.'),
  })
  .describe('A place that services run in.')

export const configSchema = z
  .strictObject({
    project: name.describe('What the whole is called, in summaries and task definition tags.'),
    repository: z
      .string()
      .regex(
        withoutCredentials,
        'a path or a git URL without credentials in it (git’s own credential helpers or an SSH key on the builder supply them)',
      )
      .optional()
      .describe(
        'Where builders get the source: a path or a URL that `git clone` takes. Default: the repository this file is in.',
      ),
    checks: z
      .strictObject({
        commands: z
          .array(z.string().min(1))
          .default([])
          .describe('Shell command lines, run in the checkout one after the other.'),
        timeout: duration.prefault('30m').describe('For all commands together.'),
      })
      .prefault({})
      .describe('What must pass before anything is built.'),
    images: atLeastOne(image, 'image').describe('Images, by name.'),
    services: atLeastOne(service, 'service').describe('Services, by name.'),
    environments: atLeastOne(environment, 'environment').describe('Environments, by name.'),
    stability: z
      .strictObject({
        timeout: duration
          .prefault('30m')
          .describe(
            'How long one service may take until it is stable and healthy; then it is rolled back.',
          ),
        window: durationOrZero
          .prefault('30s')
          .describe(
            'How long all services must stay healthy before the release counts as succeeded. It becomes longer by itself where tasks crashed on the way; see "Choose the stability window" in how-to/operate.md.',
          ),
      })
      .prefault({})
      .describe('When a deployment counts as live.'),
    rollback: z
      .strictObject({
        timeout: duration
          .prefault('30m')
          .describe(
            'How long the way back of one service may take; and how long it waits, for all services together, for credentials of the worker that have expired to be renewed.',
          ),
        deregister: z
          .boolean()
          .default(false)
          .describe(
            'Deregisters a revision that a release made and that was taken back or refused, so that nothing else deploys it. Never one that runs or is the way back.',
          ),
      })
      .prefault({})
      .describe('The way back.'),
    failure: z
      .strictObject({
        logs: z
          .boolean()
          .default(true)
          .describe(
            'With the last 20 lines that failed tasks wrote to CloudWatch Logs. They stand in the workflow’s history, in the Temporal UI and in CI’s output: turn it off where the program may print secrets.',
          ),
      })
      .prefault({})
      .describe('What is told of a failure.'),
    notifications: z
      .array(notification)
      .default([])
      .describe('Who is told of the releases of every environment that names nobody itself.'),
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
            'Address of the Temporal UI; `TEMPORAL_UI_URL` goes before it. The summary of a CI job and notifications link to the release there, and so does the page of an environment.',
          ),
      })
      .prefault({})
      .describe('Where people look things up.'),
    taskQueues: z
      .strictObject({
        release: z
          .string()
          .min(1)
          .default('slipway')
          .describe('Task queue of workflows and AWS activities.'),
        builder: z
          .string()
          .min(1)
          .default('slipway-builder')
          .describe('Task queue of source, checks, builds and pushes.'),
      })
      .prefault({})
      .describe('Temporal task queues.'),
  })
  .describe('Configuration of Slipway.')

export type Config = z.output<typeof configSchema>
