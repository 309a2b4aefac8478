import type { IncomingMessage } from 'node:http'
import { AwsError } from './types.ts'

/** Far above the need of any modelled operation; keeps a stray upload from filling the memory. */
const limit = 10 * 1024 * 1024

/** The whole body as text. Fails with `RequestEntityTooLargeException` beyond 10 MiB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > limit)
      throw new AwsError(
        'RequestEntityTooLargeException',
        `The request body is larger than ${limit} bytes.`,
        413,
      )
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
