import { CancellationScope } from '@temporalio/workflow'

/**
 * Runs a handler also after someone has cancelled the workflow in Temporal: an environment does not
 * end, and without this a handler would stop at its first `await`.
 */
export function uncancelled<Args extends unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) => CancellationScope.nonCancellable(() => work(...args))
}
