import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../config/parse-duration.ts'

interface Bound {
  readonly ms: number
  /** As the error shows it, with the reason if it is not obvious: `1m: a release takes longer than that`. */
  readonly text: string
}

/** Parses the value of an option as a duration above 0 and within the bounds, in milliseconds. */
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
