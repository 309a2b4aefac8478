import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/common'
import { undecodable } from './undecodable.ts'

/**
 * The default one, but for what it cannot decode. A signal may come from anybody, and where the
 * default converter throws, the workflow task fails and is tried again for ever: one broken signal
 * would shut an environment for good. So it is handed on as {@link undecodable}.
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
