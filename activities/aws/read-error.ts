/** An error of the AWS SDK, of Node or of the network, in one shape. */
export interface AwsError {
  readonly name: string
  readonly message: string
  readonly code: string
  /** HTTP status of the response; 0 without a response. */
  readonly status: number
  /** Whether a response arrived, from AWS or from something in its place. */
  readonly answered: boolean
}

/** The `name` that {@link readAwsError} gives to a response that the AWS SDK could not parse. */
export const unreadableAnswer = 'UnreadableAnswer'

/**
 * Reads an error of the AWS SDK, of Node or of the network.
 *
 * `$metadata` and `$fault` are what every service exception of the AWS SDK for JavaScript carries;
 * `$response` is a response that it could not parse, with the body kept by `keepErrorBody`.
 */
export function readAwsError(error: unknown): AwsError | undefined {
  if (!(error instanceof Error)) return undefined
  const fields: SdkErrorFields = error as object
  // Node wraps the errors of all addresses that it tried; the first one is representative.
  if (error instanceof AggregateError && typeof fields.code !== 'string') {
    return readAwsError(error.errors[0])
  }
  const status = fields.$metadata?.httpStatusCode ?? fields.$response?.statusCode ?? 0
  if (error.name === 'SyntaxError' && fields.$response !== undefined) {
    return readForeignResponse(fields.$response.body, status)
  }
  return {
    name: error.name,
    message: error.message,
    code: typeof fields.code === 'string' ? fields.code : '',
    status,
    answered: fields.$fault !== undefined,
  }
}

interface SdkErrorFields {
  readonly code?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $fault?: unknown
  readonly $response?: { readonly statusCode?: number; readonly body?: unknown }
}

/**
 * A response in another protocol than the service's: a gateway's page, or an error in XML, as AWS's
 * older services and emulators of the newer ones send it.
 */
function readForeignResponse(body: unknown, status: number): AwsError {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
  const name = status < 300 ? undefined : elementOf(text, 'Code')
  if (name !== undefined) {
    return { name, message: elementOf(text, 'Message') ?? '', code: '', status, answered: true }
  }
  const message = `HTTP ${status} with ${quoted(text, status)} instead of an AWS response`
  return { name: unreadableAnswer, message, code: '', status, answered: true }
}

/** The body of a success is never quoted: half a task definition may begin with a secret. */
function quoted(text: string, status: number): string {
  if (status < 300) return `a body of ${text.length} characters that cannot be read`
  const content = text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return content === '' ? 'an empty body' : `"${content.slice(0, 120)}"`
}

function elementOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml)?.[1]?.trim()
}
