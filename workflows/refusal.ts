import { ApplicationFailure } from '@temporalio/workflow'
import { rejectedUpdate } from './protocol.ts'
import type { RunningRelease } from './types.ts'
import { shortCommit } from './words.ts'

/** Answers an Update with a no: the message tells the person who asked what to do. */
export function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, rejectedUpdate)
}

/** Names the release that runs, for everybody who has to wait for it. */
export function busyWith({ id, kind, commit, requestedBy, startedAt }: RunningRelease): string {
  const since = new Date(startedAt).toISOString()
  return `${id} is running (${kind} of ${shortCommit(commit)}, asked for by ${requestedBy}, since ${since})`
}
