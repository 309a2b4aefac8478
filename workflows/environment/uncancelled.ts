import { CancellationScope } from '@temporalio/workflow'

/**
 * The same, whether or not somebody has asked Temporal to cancel this workflow: an environment
 * does not end, and a handler would not get past its first `await`.
 */
export function uncancelled<Args extends unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) => CancellationScope.nonCancellable(() => work(...args))
}
