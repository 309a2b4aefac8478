import { parseArgs } from 'node:util'
import { playAll, reportOf, sequencesOf } from '../test/workflows/sequences/play-all.ts'
import type { Sequence } from '../test/workflows/sequences/steps.ts'

/**
 * Plays random sequences of requests, controls, ends of releases and replacements of the worker on
 * environments of a dev server, and replays every history. `npm run fuzz -- --count 2000 --seed 1`
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    sequence: { type: 'string' },
  },
})
const sequences =
  values.sequence === undefined
    ? sequencesOf(Number(values.seed), Number(values.count))
    : [JSON.parse(values.sequence) as Sequence]
if (values.sequence === undefined) process.stdout.write(`Seed ${values.seed}\n`)
const startedAt = Date.now()
const failed = await playAll(sequences, (played) => {
  if (played % 50 === 0) process.stdout.write(`${played} of ${sequences.length} played\n`)
})
for (const one of failed) process.stdout.write(`\n${reportOf(one)}\n`)
const seconds = Math.round((Date.now() - startedAt) / 1_000)
process.stdout.write(
  `\n${sequences.length} sequences in ${seconds} s: ${sequences.length - failed.length} passed, ${failed.length} failed\n`,
)
// Connections of failed sequences may still be open.
process.exit(failed.length === 0 ? 0 : 1)
