/** What is worth knowing of a thrown value, whoever threw it. */
export interface AwsError {
  readonly name: string
  readonly message: string
  readonly code: string
  /** HTTP status that AWS answered with; 0 where it did not answer. */
  readonly status: number
  /** Whether it was answered, by AWS or by what stands in its place. */
  readonly answered: boolean
}

/** What {@link readAwsError} calls an answer that the AWS SDK could make nothing of. */
export const unreadableAnswer = 'UnreadableAnswer'

/**
 * Reads an error of the AWS SDK, of Node or of the network.
 *
 * `$metadata` and `$fault` are what every service exception of the AWS SDK for JavaScript carries;
 * `$response` is an answer that it could not read, with the body that `keepErrorBody` has kept.
 */
export function readAwsError(error: unknown): AwsError | undefined {
  if (!(error instanceof Error)) return undefined
  const extra: Extra = error as object
  // Node wraps the failures of all addresses it tried; the first one tells.
  if (error instanceof AggregateError && typeof extra.code !== 'string') {
    return readAwsError(error.errors[0])
  }
  const status = extra.$metadata?.httpStatusCode ?? extra.$response?.statusCode ?? 0
  if (error.name === 'SyntaxError' && extra.$response !== undefined) {
    return readForeign(extra.$response.body, status)
  }
  return {
    name: error.name,
    message: error.message,
    code: typeof extra.code === 'string' ? extra.code : '',
    status,
    answered: extra.$fault !== undefined,
  }
}

interface Extra {
  readonly code?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $fault?: unknown
  readonly $response?: { readonly statusCode?: number; readonly body?: unknown }
}

/**
 * An answer in another protocol than the service's: a gateway's page, or the XML that AWS's older
 * services, and emulators of the newer ones, tell errors in.
 */
function readForeign(body: unknown, status: number): AwsError {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
  const name = elementOf(text, 'Code')
  if (name !== undefined) {
    return { name, message: elementOf(text, 'Message') ?? '', code: '', status, answered: true }
  }
  const words = text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const said = words === '' ? 'nothing' : `"${words.slice(0, 120)}"`
  const message = `HTTP ${status}, and ${said} instead of an answer of AWS's`
  return { name: unreadableAnswer, message, code: '', status, answered: true }
}

function elementOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml)?.[1]?.trim()
}
