interface Answer {
  readonly response: unknown
}

/**
 * Middleware of the AWS SDK, for its `deserialize` step, that keeps the body of an error answer as
 * bytes: where the SDK cannot read it, it is still there to be told of. The SDK itself reads the
 * stream and lets go of what was in it.
 */
export function keepErrorBody<Input, Output extends Answer>(
  next: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const answer = await next(input)
    const { response } = answer
    if (isHttp(response) && response.statusCode >= 300 && isStream(response.body)) {
      const chunks: Uint8Array[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      response.body = new Uint8Array(Buffer.concat(chunks))
    }
    return answer
  }
}

/** Innermost, so that the SDK's own deserializer finds what this has kept. */
export const keepingErrorBody = {
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
