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
    if (isHttp(response) && response.statusCode >= 300 && isStream(response.body)) {
      const chunks: Uint8Array[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      response.body = new Uint8Array(Buffer.concat(chunks))
    }
    return output
  }
}

/** Innermost, so that the SDK's own deserializer reads the bytes kept here. */
export const keepErrorBodyOptions = {
  step: 'deserialize',
  priority: 'low',
  name: 'keepErrorBody',
} as const

function isHttp(response: unknown): response is { statusCode: number; body: unknown } {
  return typeof response === 'object' && response !== null && 'statusCode' in response
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
