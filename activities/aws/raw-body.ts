import { fieldsOf } from '../../contract/check.ts'
import { parseExactly, type JsonObject } from './exact-json.ts'
import { bufferedBody, isHttpResponse } from './response-body.ts'

/**
 * Middleware for one command of an AWS service that speaks JSON. The SDK writes and reads only the
 * fields that its own version knows, and leaves out all others without a word; what must not lose
 * a field goes around that. Credentials, signature, retries and errors stay the SDK's.
 */

interface Deserialized {
  readonly response: unknown
}

/** Keeps the body of the response as it came. */
export function keepAnswer() {
  let body: Uint8Array | undefined
  return {
    /** For the `deserialize` step. */
    middleware<Input, Output extends Deserialized>(
      this: void,
      next: (input: Input) => Promise<Output>,
    ): (input: Input) => Promise<Output> {
      return async (input) => {
        const output = await next(input)
        const { response } = output
        if (isHttpResponse(response) && response.statusCode < 300) {
          body = await bufferedBody(response)
        }
        return output
      }
    },
    /** An object in the answer, by its field; undefined before the command has succeeded. */
    object(field: string): JsonObject | undefined {
      if (body === undefined) return undefined
      return fieldsOf(fieldsOf(parseExactly(Buffer.from(body).toString('utf8')))?.[field])
    },
  }
}

/** Innermost, so that the SDK's own deserializer reads the bytes kept here. */
export const keepAnswerOptions = {
  step: 'deserialize',
  priority: 'low',
  name: 'keepAnswer',
} as const

interface Built {
  readonly request: unknown
}

/** Sends this object instead of the input that the SDK has written. */
export function sendInstead(body: JsonObject) {
  return <Input extends Built, Output>(
    next: (input: Input) => Promise<Output>,
  ): ((input: Input) => Promise<Output>) => {
    return async (input) => {
      const { request } = input
      if (typeof request !== 'object' || request === null || !('body' in request)) {
        throw new TypeError('The AWS SDK has built a request without a body.')
      }
      request.body = JSON.stringify(body)
      return await next(input)
    }
  }
}

/** Before the SDK computes the length of the body and signs it. */
export const sendInsteadOptions = { step: 'build', priority: 'high', name: 'sendInstead' } as const
