import ms, { type StringValue } from 'ms'

/**
 * How durations are written, in `slipway.yaml` and on the command line: `90s`, `1.5h`, `7d`. At
 * most six digits, so that no sum of durations leaves what a date can hold.
 */
export const durationPattern = String.raw`\d{1,6}(\.\d{1,3})?\s?(ms|s|m|h|d)`

const whole = new RegExp(`^${durationPattern}$`)

/** Milliseconds, rounded up; `undefined` for a text that is not a duration. */
export function parseDuration(text: string): number | undefined {
  return whole.test(text) ? Math.ceil(ms(text as StringValue)) : undefined
}
