import assert from 'node:assert/strict'
import { ApplicationFailure } from '@temporalio/activity'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { rejectedUpdate } from '../../contract/messages.ts'

/** The message with which an Update was rejected. */
export async function rejectionOf(update: Promise<unknown>): Promise<string> {
  try {
    await update
  } catch (failure) {
    assert.ok(failure instanceof WorkflowUpdateFailedError, String(failure))
    assert.ok(failure.cause instanceof ApplicationFailure)
    assert.equal(failure.cause.type, rejectedUpdate)
    return failure.cause.message
  }
  throw new assert.AssertionError({ message: 'the Update was not rejected' })
}
