import { ApplicationFailure } from '@temporalio/common'
import { Context } from '@temporalio/activity'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { buildMessage } from './message.ts'
import type { Notification, AddressedNotification } from '../../contract/notifications.ts'
import { defaultTimeoutMs, post, type PostResult } from './post.ts'
import { keyOf, webhookHeaders } from './signature.ts'
import { slackBody } from './slack.ts'
import { webhookBody } from './webhook-body.ts'

/** The longest `Retry-After` that is honoured: a later notification would be of no use. */
const maxRetryDelayMs = 60 * 60_000

type Variables = Readonly<Record<string, string | undefined>>

export interface NotifyOptions {
  /** Variables with URLs and secrets. Default: the environment of the process. */
  readonly variables?: Variables
  /** How long the receiver may take to answer, in milliseconds. Default: 15 s. */
  readonly timeoutMs?: number
}

/**
 * Sends one notification to one receiver. The URL and the secret are read from the worker's environment
 * here and never leave this activity: no failure contains them.
 *
 * Fails as `PreconditionFailed` if a retry is of no use, else as `Unavailable`, with the retry delay
 * that the receiver asks for.
 */
export async function notify(
  { notification, to }: AddressedNotification,
  options: NotifyOptions = {},
): Promise<void> {
  const { variables = process.env, timeoutMs = defaultTimeoutMs } = options
  const url = urlFor(to, notification, variables)
  const { namespace } = Context.current().info
  const message = buildMessage(notification, {
    temporalUi: variables['TEMPORAL_UI_URL'] || undefined,
    namespace,
  })
  if (to.type === 'slack') {
    const body = JSON.stringify(slackBody(message))
    return checkResult(await post(url, body, {}, timeoutMs), to, notification)
  }
  const body = JSON.stringify(webhookBody(notification, message))
  const headers = webhookHeaders(
    notification.id,
    Date.now(),
    body,
    keyFor(to, notification, variables),
  )
  checkResult(await post(url, body, headers, timeoutMs), to, notification)
}

function urlFor(
  { urlFrom }: NotificationSpec,
  notification: Notification,
  variables: Variables,
): URL {
  const url = URL.parse(valueOf(urlFrom, notification, variables).trim())
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw failure(
      'PreconditionFailed',
      `${sourceOf(urlFrom, notification)} is not an http or https URL. Set it to the receiver's URL where this worker runs, and restart the worker.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw failure(
      'PreconditionFailed',
      `${sourceOf(urlFrom, notification)} contains a user or password before the host, which is not supported. Put a token into the URL's path or query, or use "secretFrom" in slipway.yaml.`,
    )
  }
  return url
}

function keyFor(
  { secretFrom }: NotificationSpec,
  notification: Notification,
  variables: Variables,
): Buffer | undefined {
  if (secretFrom === undefined) return undefined
  const key = keyOf(valueOf(secretFrom, notification, variables).trim())
  if (key !== undefined) return key
  throw failure(
    'PreconditionFailed',
    `${sourceOf(secretFrom, notification)} is not a signing secret: expected "whsec_" and 24 to 64 bytes in Base64. Make one with: echo "whsec_$(openssl rand -base64 32)"`,
  )
}

function valueOf(name: string, notification: Notification, variables: Variables): string {
  const value = variables[name] ?? ''
  if (value.trim() !== '') return value
  throw failure(
    'PreconditionFailed',
    `${sourceOf(name, notification)} is not set where this worker runs, so the notification was not sent. Set it and restart the worker.`,
  )
}

function sourceOf(variable: string, { environment }: Notification): string {
  return `The variable ${variable} for notifications of ${environment}`
}

/** Fails unless the receiver accepted the notification. */
function checkResult(
  result: PostResult,
  { type, urlFrom }: NotificationSpec,
  { environment }: Notification,
): void {
  const receiver = `The receiver in ${urlFrom}, for notifications of ${environment},`
  if (result.kind === 'no response') {
    throw unavailable(`${receiver} does not answer (${result.reason}).`)
  }
  const { status, retryAfterMs } = result
  const code = type === 'slack' ? result.code : undefined
  if (status >= 200 && status < 300) return
  const finding = `${receiver} answered ${status}${code === undefined ? '' : ` (${code})`}`
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    throw retryLater(`${finding}.`, retryAfterMs)
  }
  if (status >= 300 && status < 400) {
    throw failure(
      'PreconditionFailed',
      `${finding}: a redirect, which is not followed. Set ${urlFrom} to the URL that it points to, and restart the worker.`,
    )
  }
  throw failure(
    'PreconditionFailed',
    `${finding}, so a retry is of no use. Check the URL in ${urlFrom} where this worker runs.`,
  )
}

function retryLater(message: string, retryAfterMs: number | undefined): ApplicationFailure {
  if (retryAfterMs === undefined || retryAfterMs === 0) return unavailable(message)
  const nextRetryDelay = Math.min(retryAfterMs, maxRetryDelayMs)
  return ApplicationFailure.create({ type: 'Unavailable', message, nextRetryDelay })
}
