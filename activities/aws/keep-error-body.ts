import { bufferedBody, isHttpResponse } from './response-body.ts'

interface Deserialized {
  readonly response: unknown
}

/**
 * Middleware of the AWS SDK, for its `deserialize` step, that keeps the body of an error response
 * as bytes, so that an error message can quote a body that the SDK could not parse. The SDK itself
 * drains the stream and discards its content.
 */
export function keepErrorBody<Input, Output extends Deserialized>(
  next: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const output = await next(input)
    const { response } = output
    if (isHttpResponse(response) && response.statusCode >= 300) await bufferedBody(response)
    return output
  }
}

/** Innermost, so that the SDK's own deserializer reads the bytes kept here. */
export const keepErrorBodyOptions = {
  step: 'deserialize',
  priority: 'low',
  name: 'keepErrorBody',
} as const
