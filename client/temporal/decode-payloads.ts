import type { Client } from '@temporalio/client'
import { arrayFromPayloads, type Payload } from '@temporalio/common'

/** The values of payloads that Temporal keeps beside a workflow, by the client's own converter. */
export async function decodePayloads(
  client: Client,
  payloads: readonly Payload[] | null | undefined,
): Promise<readonly unknown[]> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter
  let decoded = [...(payloads ?? [])]
  // Encoding goes through the codecs from first to last.
  for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded)
  return arrayFromPayloads(payloadConverter, decoded)
}
