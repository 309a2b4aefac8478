import type { ControlRequest } from './controls.ts'

const somebody = 'the Temporal UI or CLI'

export type ReadBody =
  | { readonly kind: 'good'; readonly request: ControlRequest; readonly to?: string }
  | { readonly kind: 'malformed'; readonly by: string; readonly reason: string }

/**
 * Reads what somebody typed into the Temporal UI or CLI: nothing at all, or an object with some of
 * the fields of a control. Anything else is malformed, and says what was expected.
 */
export function readBody(body: unknown): ReadBody {
  if (body === undefined || body === null || body === '') {
    return { kind: 'good', request: { by: somebody } }
  }
  if (typeof body !== 'object' || Array.isArray(body)) {
    return malformed(somebody, `found ${JSON.stringify(body)?.slice(0, 80)}`)
  }
  const fields = body as Readonly<Record<string, unknown>>
  const by = text(fields['requestedBy']) ?? somebody
  const wrong = ['requestedBy', 'reason', 'release', 'to'].find(
    (name) => fields[name] !== undefined && text(fields[name]) === undefined,
  )
  if (wrong !== undefined) return malformed(by, `"${wrong}" is no text`)
  const until = fields['until'] === undefined ? undefined : Date.parse(text(fields['until']) ?? '')
  if (until !== undefined && Number.isNaN(until)) {
    return malformed(by, '"until" is no date and time such as "2026-12-27T08:00:00Z"')
  }
  const reason = text(fields['reason'])
  const release = text(fields['release'])
  const to = text(fields['to'])
  return {
    kind: 'good',
    request: {
      by,
      ...(reason === undefined ? {} : { reason }),
      ...(release === undefined ? {} : { release }),
      ...(until === undefined ? {} : { until }),
    },
    ...(to === undefined ? {} : { to }),
  }
}

function malformed(by: string, found: string): ReadBody {
  return {
    kind: 'malformed',
    by,
    reason: `${found}; expected nothing, or {"reason": "…", "requestedBy": "…", "release": "…", "until": "…", "to": "…"}`,
  }
}

/** Foreign text at a length that the history and the UI can bear. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 500) : undefined
}
