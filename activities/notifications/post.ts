import { Context } from '@temporalio/activity'

/** The result of a request. Never includes text into which the receiver could have put the URL. */
export type PostResult =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfterMs?: number
      readonly code?: string
    }
  /** `reason` is a code such as `ECONNREFUSED`. */
  | { readonly kind: 'no response'; readonly reason: string }

/** Standard Webhooks specifies that receivers answer within 15 to 30 s. */
export const defaultTimeoutMs = 15_000

/** How much of a response is read, in characters. */
const maxResponseLength = 1_000

/** Sends one request, without following redirects, and reads the beginning of the response. */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<PostResult> {
  const { cancellationSignal } = Context.current()
  const signal = AbortSignal.any([cancellationSignal, AbortSignal.timeout(timeoutMs)])
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
    return { kind: 'no response', reason: reasonOf(error, timeoutMs) }
  }
}

/** A response that breaks off, or never ends, counts like one with a short body. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > maxResponseLength) break
    }
  } catch {
    // The status has arrived, and only that matters.
  }
  return text
}

/** Slack's error code, such as `no_service`. Any other text, such as HTML, may contain the URL. */
function codeIn(text: string): string | undefined {
  return /^\s*([a-z]+(?:_[a-z]+)+)\s*$/.exec(text.slice(0, 60))?.[1]
}

/** A `Retry-After` header (RFC 9110: seconds or a date) as milliseconds from now. */
export function retryAfterOf(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** Only the error code, since the messages of network and URL errors contain hosts and URLs. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'the connection failed'
}
