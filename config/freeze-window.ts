import { z } from 'zod'
import type { FreezeWindow } from '../contract/environment-spec.ts'

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const timeZone = z
  .string()
  .refine(isTimeZone, 'an IANA time zone, such as "Europe/Berlin"')
  .default('UTC')
  .describe('IANA time zone of the days and hours, for example `Europe/Berlin`.')

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "17:30"')
  .meta({ examples: ['17:30'] })

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as "2026-12-23", in quotes')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'a date that exists')
  .meta({ examples: ['2026-12-23'] })

const fields = z.strictObject({
  days: z
    .array(z.enum(dayNames))
    .min(1)
    .optional()
    .describe('Days of the week on which the freeze begins. Needs `from` and `to`.'),
  from: clock.optional().describe('Time of day when it begins, for example `"16:00"`.'),
  to: clock
    .optional()
    .describe('Time of day when it ends. At or before `from` means on the next day.'),
  firstDay: date
    .optional()
    .describe('First day of a span of days, for example `"2026-12-23"`. Needs `lastDay`.'),
  lastDay: date.optional().describe('Last day of the span, inclusive.'),
  timeZone,
  reason: z.string().min(1).optional().describe('Reason to show with a rejected release.'),
})

type Given = z.output<typeof fields>

/** A freeze window in `slipway.yaml`: weekly hours or a span of dates. */
export const freezeWindow = fields
  .refine(
    (window) => asWeekly(window) !== undefined || asDates(window) !== undefined,
    'either "days", "from" and "to", or "firstDay" and "lastDay"',
  )
  .describe('A time when nothing is deployed: hours of the week, or a span of days.')

/** The window in an environment spec, as a list of one; an empty list for a window of neither form. */
export function freezeSpec(window: Given): readonly FreezeWindow[] {
  const spec = asWeekly(window) ?? asDates(window)
  return spec === undefined ? [] : [spec]
}

function asWeekly({ days, from, to, timeZone: zone, ...rest }: Given): FreezeWindow | undefined {
  if (days === undefined || from === undefined || to === undefined) return undefined
  if (rest.firstDay !== undefined || rest.lastDay !== undefined) return undefined
  return {
    kind: 'weekly',
    timeZone: zone,
    days: days.map((day) => dayNames.indexOf(day)),
    from: minutes(from),
    to: minutes(to),
    ...why(rest.reason),
  }
}

function asDates({ firstDay, lastDay, timeZone: zone, ...rest }: Given): FreezeWindow | undefined {
  if (firstDay === undefined || lastDay === undefined) return undefined
  if (rest.days !== undefined || rest.from !== undefined || rest.to !== undefined) return undefined
  return { kind: 'dates', timeZone: zone, from: firstDay, to: lastDay, ...why(rest.reason) }
}

function why(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number)
  return hours * 60 + rest
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
