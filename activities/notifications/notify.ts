import { ApplicationFailure } from '@temporalio/common'
import { Context } from '@temporalio/activity'
import type { NotificationSpec } from '../../contract/environment-spec.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { buildMessage } from './message.ts'
import type { Notice, Sending } from '../../contract/notices.ts'
import { answerWithinMs, post, type Answer } from './post.ts'
import { keyOf, webhookHeaders } from './signature.ts'
import { slackBody } from './slack.ts'
import { webhookBody } from './webhook-body.ts'

/** A receiver may ask for patience, but not for more of it than a notice is worth. */
const longestPatienceMs = 60 * 60_000

type Variables = Readonly<Record<string, string | undefined>>

export interface NotifyOptions {
  /** Where addresses and secrets are. Default: the environment of the process. */
  readonly variables?: Variables
  /** How long the receiver may take to answer, in milliseconds. Default: 15 s. */
  readonly withinMs?: number
}

/**
 * Tells one receiver of one notice. The address and the secret are read from the worker's
 * environment here, and never leave this activity: no failure of it names them.
 *
 * Fails as `PreconditionFailed` where trying again is of no use, and as `Unavailable`, with the patience
 * that the receiver asks for, where it may be.
 */
export async function notify({ notice, to }: Sending, options: NotifyOptions = {}): Promise<void> {
  const { variables = process.env, withinMs = answerWithinMs } = options
  const url = addressFor(to, notice, variables)
  const { namespace } = Context.current().info
  const message = buildMessage(notice, {
    temporalUi: variables['TEMPORAL_UI_URL'] || undefined,
    namespace,
  })
  if (to.type === 'slack') {
    const body = JSON.stringify(slackBody(message))
    return judge(await post(url, body, {}, withinMs), to, notice)
  }
  const body = JSON.stringify(webhookBody(notice, message))
  const headers = webhookHeaders(notice.id, Date.now(), body, keyFor(to, notice, variables))
  judge(await post(url, body, headers, withinMs), to, notice)
}

function addressFor({ urlFrom }: NotificationSpec, notice: Notice, variables: Variables): URL {
  const url = URL.parse(valueOf(urlFrom, notice, variables).trim())
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw failure(
      'PreconditionFailed',
      `${where(urlFrom, notice)} is no http or https address. Mend it and start the worker again.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw failure(
      'PreconditionFailed',
      `${where(urlFrom, notice)} has a user or a password in front of the host, which is not supported: put a token into its path or query.`,
    )
  }
  return url
}

function keyFor(
  { secretFrom }: NotificationSpec,
  notice: Notice,
  variables: Variables,
): Buffer | undefined {
  if (secretFrom === undefined) return undefined
  const key = keyOf(valueOf(secretFrom, notice, variables).trim())
  if (key !== undefined) return key
  throw failure(
    'PreconditionFailed',
    `${where(secretFrom, notice)} is no secret to sign with: expected "whsec_" and 24 to 64 bytes in Base64. Make one with: echo "whsec_$(openssl rand -base64 32)"`,
  )
}

function valueOf(name: string, notice: Notice, variables: Variables): string {
  const value = variables[name] ?? ''
  if (value.trim() !== '') return value
  throw failure(
    'PreconditionFailed',
    `${where(name, notice)} is not set where this worker runs, so nobody is told. Set it and start the worker again.`,
  )
}

function where(variable: string, { environment }: Notice): string {
  return `The variable ${variable} that the notifications of ${environment} name`
}

function judge(answer: Answer, { type, urlFrom }: NotificationSpec, { environment }: Notice): void {
  const who = `The address in ${urlFrom}, for notifications of ${environment},`
  if (answer.kind === 'silent') throw unavailable(`${who} does not answer (${answer.reason}).`)
  const { status, retryAfterMs } = answer
  const code = type === 'slack' ? answer.code : undefined
  if (status >= 200 && status < 300) return
  const said = `${who} answered ${status}${code === undefined ? '' : ` (${code})`}`
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    throw passing(`${said}.`, retryAfterMs)
  }
  if (status >= 300 && status < 400) {
    throw failure(
      'PreconditionFailed',
      `${said}: a redirect, which is not followed. Put the address that it leads to into ${urlFrom}.`,
    )
  }
  throw failure(
    'PreconditionFailed',
    `${said} and will not take it later, either. See to ${urlFrom}.`,
  )
}

function passing(message: string, retryAfterMs: number | undefined): ApplicationFailure {
  if (retryAfterMs === undefined || retryAfterMs === 0) return unavailable(message)
  const nextRetryDelay = Math.min(retryAfterMs, longestPatienceMs)
  return ApplicationFailure.create({ type: 'Unavailable', message, nextRetryDelay })
}
