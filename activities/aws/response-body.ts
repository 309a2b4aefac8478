/** Reads the whole body of an HTTP response in a way that the SDK's own deserializer can repeat. */
export async function bufferedBody(response: HttpMessage): Promise<Uint8Array | undefined> {
  if (response.body instanceof Uint8Array) return response.body
  if (!isStream(response.body)) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body) chunks.push(chunk)
  const bytes = new Uint8Array(Buffer.concat(chunks))
  response.body = bytes
  return bytes
}

interface HttpMessage {
  body?: unknown
}

export interface HttpResponse extends HttpMessage {
  readonly statusCode: number
}

export function isHttpResponse(response: unknown): response is HttpResponse {
  return typeof response === 'object' && response !== null && 'statusCode' in response
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
