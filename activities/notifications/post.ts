import { Context } from '@temporalio/activity'

/** What came back. Never with text that the receiver could have put the address into. */
export type Answer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfterMs?: number
      readonly code?: string
    }
  /** `reason` is a code such as `ECONNREFUSED`. */
  | { readonly kind: 'silent'; readonly reason: string }

/** The specification of Standard Webhooks has receivers answer within 15 to 30 s. */
export const answerWithinMs = 15_000

/** More of an answer is not read. */
const longestAnswer = 1_000

/** Sends one request, whose redirects are not followed, and reads the beginning of its answer. */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  withinMs: number,
): Promise<Answer> {
  const { cancellationSignal } = Context.current()
  const signal = AbortSignal.any([cancellationSignal, AbortSignal.timeout(withinMs)])
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'slipway', ...headers },
      body,
      signal,
    })
    const retryAfterMs = retryAfterOf(response.headers.get('retry-after'), Date.now())
    const code = codeIn(await beginningOf(response))
    return {
      kind: 'answered',
      status: response.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(code === undefined ? {} : { code }),
    }
  } catch (error) {
    cancellationSignal.throwIfAborted()
    return { kind: 'silent', reason: reasonOf(error, withinMs) }
  }
}

/** An answer that breaks off, or never ends, says as much as one without a body. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > longestAnswer) break
    }
  } catch {
    // The status has arrived, and that is what counts.
  }
  return text
}

/** Slack says what is wrong in a word, `no_service`; a page of HTML may repeat the address. */
function codeIn(text: string): string | undefined {
  return /^\s*([a-z]+(?:_[a-z]+)+)\s*$/.exec(text.slice(0, 60))?.[1]
}

/** Seconds or a date, as RFC 9110 has it, in milliseconds from now. */
export function retryAfterOf(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** The code alone: messages of the network name hosts, and those of addresses the whole of them. */
function reasonOf(error: unknown, withinMs: number): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer within ${withinMs / 1_000} s`
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}
