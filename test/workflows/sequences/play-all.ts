import { availableParallelism } from 'node:os'
import * as fc from 'fast-check'
import { startEnvironmentHarness } from '../environment-fixture.ts'
import { play } from './play.ts'
import { anySequence, type Sequence } from './steps.ts'

export interface FailedSequence {
  readonly sequence: Sequence
  readonly failure: unknown
}

/** Random sequences; the same ones for the same seed. */
export function sequencesOf(seed: number, count: number): readonly Sequence[] {
  return fc.sample(anySequence, { seed, numRuns: count })
}

/** Plays sequences, several at a time, each on an environment and workers of its own. */
export async function playAll(
  sequences: readonly Sequence[],
  onEnd: (played: number) => void = () => {},
): Promise<readonly FailedSequence[]> {
  const harness = await startEnvironmentHarness({
    // So that a task is not given to a worker that has just stopped, and soon to another if it is.
    'frontend.enableCancelWorkerPollsOnShutdown': 'true',
    'history.defaultWorkflowTaskTimeout': '"2s"',
  })
  const failed: FailedSequence[] = []
  const left = sequences.entries()
  let played = 0
  const next = async () => {
    for (const [, sequence] of left) {
      try {
        await play(harness, sequence)
      } catch (failure) {
        failed.push({ sequence, failure })
      }
      played += 1
      onEnd(played)
    }
  }
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, next))
  await harness.close()
  return failed
}

/** What failed, and the command that plays it again. */
export function reportOf({ sequence, failure }: FailedSequence): string {
  const how = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  return `${how}\nPlay it again: npm run fuzz -- --sequence '${JSON.stringify(sequence)}'`
}
