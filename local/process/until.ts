import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Polls until the answer is true. An error counts as not yet; the last one is the cause of the failure.
 *
 * @param options.what completes "waited … for": `the registry to answer`
 * @param options.failed rejects when waiting has become pointless
 * @throws when `timeoutMs` have passed
 */
export async function until(
  ask: () => Promise<boolean>,
  options: { what: string; timeoutMs: number; failed?: Promise<never> },
): Promise<void> {
  const { what, timeoutMs, failed } = options
  const end = Date.now() + timeoutMs
  let last: unknown
  for (let pause = 25; ; pause = Math.min(pause * 1.5, 500)) {
    const answer = ask().catch((error: unknown) => {
      last = error
      return false
    })
    if (await (failed === undefined ? answer : Promise.race([answer, failed]))) return
    if (Date.now() > end) {
      throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`, { cause: last })
    }
    await (failed === undefined ? sleep(pause) : Promise.race([sleep(pause), failed]))
  }
}
