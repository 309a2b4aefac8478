import assert from 'node:assert/strict'
import type { Connection, WorkflowHandle } from '@temporalio/client'
import type { Payload } from '@temporalio/common'

/** A workflow that stumbles tries the same task for ever, and answers nobody any more. */
export async function hasNotStumbled(handle: WorkflowHandle): Promise<void> {
  const { events } = await handle.fetchHistory()
  const failed = events?.find((event) => event.workflowTaskFailedEventAttributes)
  assert.equal(failed?.workflowTaskFailedEventAttributes?.failure?.message, undefined)
}

const encoded = (encoding: string, data: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
})

/** What no converter can decode: cut off, encrypted with a key that nobody here has, no encoding. */
export const undecodable = [
  encoded('json/plain', '{"reason": "inci'),
  encoded('binary/encrypted', 'secret'),
  { metadata: {}, data: Buffer.from('x') },
]

export async function signalUndecodable(
  connection: Connection,
  { workflowId }: WorkflowHandle,
  signalName: string,
): Promise<void> {
  for (const payload of undecodable) {
    await connection.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
      signalName,
      input: { payloads: [payload] },
    })
  }
}
