import { createHash } from 'node:crypto'
import type { Engine } from './engine.ts'

/**
 * About so many milliseconds: up to the share `jitter` of the timings more or less, and always
 * the same for the same occasion, such as the id of a task.
 */
export function withJitter(engine: Engine, ms: number, occasion: string): number {
  const { jitter = 0 } = engine.timings
  if (jitter === 0) return ms
  const drawn = createHash('sha256').update(occasion).digest().readUInt32BE() / 2 ** 32
  return Math.round(ms * (1 + jitter * (2 * drawn - 1)))
}
