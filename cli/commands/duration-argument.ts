import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../config/parse-duration.ts'

interface Bound {
  readonly ms: number
  /** As people write it, and why, where that is not plain: `10s: Temporal catches up on that anyway`. */
  readonly text: string
}

/** Reads the value of an option as milliseconds: a duration longer than 0, within the bounds. */
export function durationArgument(
  bounds: { readonly least?: Bound; readonly most?: Bound } = {},
): (text: string) => number {
  const { least, most } = bounds
  return (text) => {
    const ms = parseDuration(text) ?? 0
    if (ms === 0) throw new InvalidArgumentError('Expected a duration such as 90s, 30m, 2h or 7d.')
    if (least !== undefined && ms < least.ms) {
      throw new InvalidArgumentError(`Expected at least ${least.text}.`)
    }
    if (most !== undefined && ms > most.ms) {
      throw new InvalidArgumentError(`Expected at most ${most.text}.`)
    }
    return ms
  }
}
