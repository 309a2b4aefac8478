/**
 * Both, or the first failure, but only once both have ended: what has started meanwhile must be
 * known by then, to be stopped.
 */
export async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}
