import { createDisposer, type Disposer } from '../local/stack/disposer.ts'

/** Stops what a test started, in reverse order. What does not stop fails the test. */
export function testDisposer(): Disposer {
  return createDisposer((line) => {
    throw new Error(line)
  })
}
