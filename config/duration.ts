import { z } from 'zod'
import { durationPattern, parseDuration } from './parse-duration.ts'

const examples = ['90s', '30m', '2h']

/** A duration such as `90s`, `30m` or `2h`, converted to milliseconds. May be 0. */
export const durationOrZero = durationLike(
  `^${durationPattern}$`,
  'a duration such as "90s", "30m" or "2h"',
)

/** A duration such as `90s`, `30m` or `2h`, converted to milliseconds. Longer than 0. */
export const duration = durationLike(
  `^(?=.*[1-9])${durationPattern}$`,
  'a duration such as "90s", "30m" or "2h", longer than 0',
)

function durationLike(pattern: string, expected: string) {
  return z
    .string()
    .regex(new RegExp(pattern), expected)
    .meta({ examples })
    .transform((text) => parseDuration(text) ?? 0)
}
