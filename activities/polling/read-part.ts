import type { Unreadable } from '../../rollout/observation.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { knownFailure } from '../aws/known-failure.ts'
import type { RequestTiming } from './rate-limiter.ts'

/** Some of an observation, or why AWS does not give it. */
export interface Part<Read> {
  readonly read: readonly Read[]
  readonly unreadable: readonly Unreadable[]
}

interface Reading {
  readonly target: { readonly mayLackEvidence?: boolean | undefined }
  readonly timing: RequestTiming
}

/** What was read; or, where evidence may be lacking, nothing and the reason. */
export async function readPart<Read>(
  reading: Promise<readonly Read[]>,
  which: Reading,
  unreadable: (reason: string) => Unreadable,
): Promise<Part<Read>> {
  try {
    return { read: await reading, unreadable: [] }
  } catch (error) {
    return { read: [], unreadable: [unreadable(reasonToLack(error, which))] }
  }
}

/** What was read; undefined where evidence may be lacking and AWS does not give it. */
export async function readOr<Read>(
  reading: Promise<Read>,
  which: Reading,
): Promise<Read | undefined> {
  try {
    return await reading
  } catch (error) {
    reasonToLack(error, which)
    return undefined
  }
}

/** @throws the error if evidence may not be lacking, or if the same call may succeed later */
function reasonToLack(error: unknown, { target, timing }: Reading): string {
  const known = knownFailure(error)
  const isFinal = known !== undefined && !isTransient(error) && !isUnauthenticated(error)
  if (target.mayLackEvidence !== true || timing.signal.aborted || !isFinal) throw error
  return known.message
}
