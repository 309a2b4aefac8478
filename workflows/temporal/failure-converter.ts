import { DefaultFailureConverter } from '@temporalio/common'
import { boundFailure } from '../../contract/bound-failure.ts'

/** The default failure converter, for failures of workflows and Updates that Temporal can store. */
class BoundedFailureConverter extends DefaultFailureConverter {
  override errorToFailureInner(
    ...[error, ...rest]: Parameters<DefaultFailureConverter['errorToFailureInner']>
  ) {
    return super.errorToFailureInner(boundFailure(error), ...rest)
  }
}

export const failureConverter = new BoundedFailureConverter()
