import {
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common'
import { undecodable } from './undecodable.ts'

/**
 * The default one, but for what it cannot decode. A signal may come from anybody, and where the
 * default converter throws, the workflow task fails and is tried again for ever: one broken signal
 * would shut an environment for good. So it is handed on as {@link undecodable}.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value: unknown, context?: SerializationContext) =>
    defaultPayloadConverter.toPayload(value, context),
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the SDK's own signature
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    try {
      return defaultPayloadConverter.fromPayload(payload, context)
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure)
      return undecodable(why.slice(0, 200)) as T
    }
  },
}
