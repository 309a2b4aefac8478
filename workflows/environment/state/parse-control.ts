import { whyUndecodable } from '../../temporal/undecodable.ts'
import type { ControlRequest, PlainControl } from '../../../contract/controls.ts'
import { fieldsOf } from '../../../contract/check.ts'
import { cut } from '../../../contract/size.ts'

export const anonymous = 'the Temporal UI or CLI'

export type ParsedControl =
  | { readonly kind: 'good'; readonly request: ControlRequest; readonly to?: string }
  | { readonly kind: 'malformed'; readonly by: string; readonly reason: string }

const textBytes = 500
const byBytes = 200

/** The fields of each control. */
const fieldsFor: Readonly<Record<PlainControl | 'rollback', readonly string[]>> = {
  approve: ['reason', 'requestedBy', 'release'],
  cancel: ['reason', 'requestedBy', 'release'],
  freeze: ['reason', 'requestedBy', 'until'],
  pause: ['reason', 'requestedBy', 'release'],
  reject: ['reason', 'requestedBy', 'release'],
  resume: ['reason', 'requestedBy', 'release'],
  rollback: ['reason', 'requestedBy', 'to'],
  unfreeze: ['reason', 'requestedBy'],
}

/**
 * Parses the body of a control, as people type it into the Temporal UI or CLI: nothing, or an object
 * with some of the fields of the control. Everything else is malformed, with what was expected: a
 * cancel with `{"relase": "…"}` must not cancel whichever release runs.
 */
export function parseControl(kind: PlainControl | 'rollback', body: unknown): ParsedControl {
  const known = fieldsFor[kind]
  const malformed = (by: string, found: string): ParsedControl => {
    const expected = known.map((name) => `"${name}": "…"`).join(', ')
    return { kind: 'malformed', by, reason: `${found}; expected nothing, or {${expected}}` }
  }
  const why = whyUndecodable(body)
  if (why !== undefined) return malformed(anonymous, `it cannot be read: ${why}`)
  if (body === undefined || body === null || body === '') {
    return { kind: 'good', request: { by: anonymous } }
  }
  const fields = fieldsOf(body)
  if (fields === undefined || ArrayBuffer.isView(body)) {
    return malformed(anonymous, `found ${JSON.stringify(body)?.slice(0, 80)}`)
  }
  const by = cut(text(fields['requestedBy']) ?? anonymous, byBytes)
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) return malformed(by, `"${unknown.slice(0, 80)}" is not a field of it`)
  const wrong = known.find((name) => fields[name] !== undefined && !text(fields[name])?.trim())
  if (wrong !== undefined) return malformed(by, `"${wrong}" is not a text`)
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

/** Foreign text, cut to a length that fits the history and the UI. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? cut(value, textBytes) : undefined
}
