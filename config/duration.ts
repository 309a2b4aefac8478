import ms, { type StringValue } from 'ms'
import { z } from 'zod'

const examples = ['90s', '30m', '2h']

/** At most six digits, so that no sum of durations leaves what a date can hold. */
const number = String.raw`\d{1,6}(\.\d{1,3})?`

/** A duration in words, `90s`, `30m`, `2h`, kept as milliseconds; `0s` is one. */
export const durationOrZero = durationLike(
  String.raw`^${number}\s?(ms|s|m|h|d)$`,
  'a duration such as "90s", "30m" or "2h"',
)

/** A duration in words, `90s`, `30m`, `2h`, kept as milliseconds; longer than nothing. */
export const duration = durationLike(
  String.raw`^(?=.*[1-9])${number}\s?(ms|s|m|h|d)$`,
  'a duration such as "90s", "30m" or "2h", longer than 0',
)

function durationLike(pattern: string, expected: string) {
  return z
    .string()
    .regex(new RegExp(pattern), expected)
    .meta({ examples })
    .transform((text) => Math.ceil(ms(text as StringValue)))
}
