/**
 * Both results, or the first failure, once both have ended: whatever has started by then must be known,
 * so that it can be stopped.
 */
export async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}
