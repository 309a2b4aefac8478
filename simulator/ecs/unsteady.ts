import { createHash } from 'node:crypto'
import type { Engine } from './engine.ts'

/**
 * About so many milliseconds: up to the share `unsteady` of the timings more or less, and always
 * the same for the same occasion, such as the id of a task.
 */
export function about(engine: Engine, ms: number, occasion: string): number {
  const { unsteady = 0 } = engine.timings
  if (unsteady === 0) return ms
  const drawn = createHash('sha256').update(occasion).digest().readUInt32BE() / 2 ** 32
  return Math.round(ms * (1 + unsteady * (2 * drawn - 1)))
}
