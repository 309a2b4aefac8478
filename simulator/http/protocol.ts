import type { AwsError } from './types.ts'

/** A request whose service, operation and wire protocol have been recognised. */
export interface Recognised {
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly wire: Wire
}

/** How a protocol writes an answer and an error. */
export interface Wire {
  answer(operation: string, output: unknown, requestId: string): WireResponse
  failure(error: AwsError, requestId: string): WireResponse
}

export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}
