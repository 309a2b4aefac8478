import ms, { type StringValue } from 'ms'
import { z } from 'zod'

/** A duration in words, `90s`, `30m`, `2h`, kept as milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s?(ms|s|m|h|d)$/, 'a duration such as "90s", "30m" or "2h"')
  .transform((text) => ms(text as StringValue))
  .meta({ pattern: '^\\d+(\\.\\d+)?\\s?(ms|s|m|h|d)$', examples: ['90s', '30m', '2h'] })
