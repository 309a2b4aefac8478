import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common'
import { undecodable } from './undecodable.ts'

/**
 * The default payload converter, except for payloads that it cannot decode. Anyone may send a signal,
 * and if the converter throws, the workflow task fails and is retried for ever: one broken signal
 * would block an environment for good. So such a payload becomes {@link undecodable}.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload: (payload, context) => {
    try {
      return defaultPayloadConverter.fromPayload(payload, context)
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure)
      return undecodable(why.slice(0, 200)) as never
    }
  },
}
