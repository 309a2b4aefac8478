import assert from 'node:assert/strict'
import type { Connection, WorkflowHandle } from '@temporalio/client'
import type { Payload } from '@temporalio/common'

/** A workflow whose task fails retries it for ever and answers nobody any more. */
export async function hasNoFailedTask(handle: WorkflowHandle): Promise<void> {
  const { events } = await handle.fetchHistory()
  const failed = events?.find((event) => event.workflowTaskFailedEventAttributes)
  assert.equal(failed?.workflowTaskFailedEventAttributes?.failure?.message, undefined)
}

const encoded = (encoding: string, data: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
})

/** Payloads that no converter can decode: truncated, encrypted with an unknown key, no encoding. */
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
