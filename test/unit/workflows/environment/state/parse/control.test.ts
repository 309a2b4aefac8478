import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlainControl } from '../../../../../../contract/controls.ts'
import { parseControl } from '../../../../../../workflows/environment/state/parse-control.ts'
import { undecodable } from '../../../../../../workflows/temporal/undecodable.ts'

type Kind = PlainControl | 'rollback'

const anonymous = 'the Temporal UI or CLI'

/** Why a body is malformed, or that it is not. */
function fault(kind: Kind, body: unknown): string {
  const parsed = parseControl(kind, body)
  return parsed.kind === 'malformed' ? parsed.reason : 'none'
}

test('a control without a body is one of somebody at the Temporal UI or CLI', () => {
  for (const body of [undefined, null, '', {}]) {
    assert.deepEqual(parseControl('cancel', body), { kind: 'good', request: { by: anonymous } })
  }
})

test('every field of a control is read', () => {
  const request = { by: 'ann', reason: 'incident' }
  const common = { requestedBy: 'ann', reason: 'incident' }
  for (const kind of ['approve', 'cancel', 'pause', 'reject', 'resume'] as const) {
    assert.deepEqual(parseControl(kind, { ...common, release: 'release/production/1' }), {
      kind: 'good',
      request: { ...request, release: 'release/production/1' },
    })
  }
  assert.deepEqual(parseControl('freeze', { ...common, until: '2026-12-27T08:00:00Z' }), {
    kind: 'good',
    request: { ...request, until: Date.UTC(2026, 11, 27, 8) },
  })
  assert.deepEqual(parseControl('rollback', { ...common, to: '3f2c1ab' }), {
    kind: 'good',
    request,
    to: '3f2c1ab',
  })
  assert.deepEqual(parseControl('unfreeze', common), { kind: 'good', request })
})

test('an unknown field is named, with the fields that the control has', () => {
  const ofRelease = '{"reason": "…", "requestedBy": "…", "release": "…"}'
  const fieldsOf: Readonly<Record<Kind, string>> = {
    approve: ofRelease,
    cancel: ofRelease,
    pause: ofRelease,
    reject: ofRelease,
    resume: ofRelease,
    freeze: '{"reason": "…", "requestedBy": "…", "until": "…"}',
    rollback: '{"reason": "…", "requestedBy": "…", "to": "…"}',
    unfreeze: '{"reason": "…", "requestedBy": "…"}',
  }
  for (const [kind, fields] of Object.entries(fieldsOf) as [Kind, string][]) {
    assert.deepEqual(parseControl(kind, { requestedBy: 'ann', reason: 'x', relase: 'y' }), {
      kind: 'malformed',
      by: 'ann',
      reason: `"relase" is not a field of it; expected nothing, or ${fields}`,
    })
  }
  assert.match(fault('cancel', { ['x'.repeat(500)]: 1 }), /^"x{80}" is not a field of it/)
})

test('a body that is no object is shown, cut to 80 characters', () => {
  const shown: readonly [unknown, string][] = [
    [7, '7'],
    [['a'], '["a"]'],
    ['x'.repeat(500), `"${'x'.repeat(79)}`],
    [new Uint8Array([1]), '{"0":1}'],
    [Symbol('s'), 'undefined'],
  ]
  for (const [body, found] of shown) {
    const parsed = parseControl('unfreeze', body)
    assert.ok(parsed.kind === 'malformed')
    assert.equal(parsed.by, anonymous)
    assert.ok(parsed.reason.startsWith(`found ${found}; expected nothing`), parsed.reason)
  }
})

test('a body that cannot be decoded says why', () => {
  assert.deepEqual(parseControl('unfreeze', undecodable('no key')), {
    kind: 'malformed',
    by: anonymous,
    reason: 'it cannot be read: no key; expected nothing, or {"reason": "…", "requestedBy": "…"}',
  })
})

test('a field that is no text, or an empty one, is named', () => {
  for (const value of [7, null, '', ' ', {}]) {
    assert.match(fault('cancel', { release: value }), /^"release" is not a text; expected nothing/)
  }
  assert.match(fault('freeze', { until: 7 }), /^"until" is not a text; /)
  assert.deepEqual(parseControl('cancel', { reason: 'x', release: undefined }), {
    kind: 'good',
    request: { by: anonymous, reason: 'x' },
  })
})

test('the end of a freeze must be a date', () => {
  assert.match(
    fault('freeze', { until: 'tomorrow' }),
    /^"until" is no date and time such as "2026-12-27T08:00:00Z"; expected nothing/,
  )
})

test('foreign text is cut to 500 bytes, and a name to 200', () => {
  const long = '€'.repeat(501)
  const parsed = parseControl('cancel', { requestedBy: long, reason: long, release: long })
  assert.equal(parsed.kind, 'good')
  const { by, reason, release } = parsed.request
  const sizes = [by, reason, release].map((text) => Buffer.byteLength(text ?? ''))
  assert.deepEqual(
    sizes.map((bytes) => Math.ceil(bytes / 100)),
    [2, 5, 5],
  )
})
