import { CancellationScope } from '@temporalio/workflow'

/**
 * Runs the work for all items in parallel. If one fails, the others are cancelled and waited for,
 * and the first failure is thrown: nothing is left running.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const scope = new CancellationScope()
  let first: { readonly failure: unknown } | undefined
  return scope.run(async () => {
    const settled = await Promise.allSettled(
      items.map(async (item) => {
        try {
          return await work(item)
        } catch (failure) {
          first ??= { failure }
          scope.cancel()
          throw failure
        }
      }),
    )
    if (first !== undefined) throw first.failure
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  })
}
