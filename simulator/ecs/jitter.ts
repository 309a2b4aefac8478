import { createHash } from 'node:crypto'
import type { Engine } from './engine.ts'

/**
 * `ms` with up to the share `timings.jitter` added or subtracted. The same occasion, such as a
 * task's id, always gives the same result.
 */
export function withJitter(engine: Engine, ms: number, occasion: string): number {
  const { jitter = 0 } = engine.timings
  if (jitter === 0) return ms
  const drawn = createHash('sha256').update(occasion).digest().readUInt32BE() / 2 ** 32
  return Math.round(ms * (1 + jitter * (2 * drawn - 1)))
}
