import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultIn } from '../../../../../../workflows/environment/state/parse-request.ts'
import { undecodable } from '../../../../../../workflows/temporal/undecodable.ts'
import { deployOf, specFor } from '../../../../../workflows/fixtures.ts'

const spec = specFor('queue')
const deploy = deployOf(spec)
const redeploy = { kind: 'redeploy', spec, requestedBy: 'ann' }
const rollback = { kind: 'rollback', spec, requestedBy: 'ann' }
const noSpec = '"spec" is not an environment of a configuration'
const longest = 'x'.repeat(2_000)
const tooLong = `${longest}x`

test('an Update with a whole request has no fault', () => {
  const requests = [
    deploy,
    redeploy,
    rollback,
    { ...deploy, override: { reason: longest }, committedAt: 7, rebuild: '2026' },
    { ...deploy, requestedBy: longest, subject: longest },
    { ...rollback, to: longest, reason: longest },
  ]
  for (const request of requests) assert.equal(faultIn('release', request), undefined)
})

test('every field of the Update "rollback" may be absent', () => {
  for (const body of [{}, { to: 'x' }, { reason: 'x' }, { requestedBy: 'x' }, { spec }, rollback]) {
    assert.equal(faultIn('rollback', body), undefined)
  }
  assert.equal(faultIn('rollback', { spec: {} }), noSpec)
})

test('an Update that cannot be decoded, or is no object, says what was found', () => {
  for (const kind of ['release', 'rollback'] as const) {
    assert.equal(faultIn(kind, undecodable('no key')), 'it cannot be read: no key')
    assert.equal(faultIn(kind, undefined), 'found nothing; expected an object')
    assert.equal(faultIn(kind, [1]), 'found [1]; expected an object')
  }
})

test('a release must say who requests it, what it deploys, and why it overrides a freeze', () => {
  const faults: readonly [object, string][] = [
    [{ ...redeploy, requestedBy: undefined }, '"requestedBy" is not a text'],
    [{ ...redeploy, requestedBy: tooLong }, '"requestedBy" is not a text'],
    [{ ...deploy, subject: undefined }, '"subject" is not a text'],
    [{ ...deploy, subject: tooLong }, '"subject" is not a text'],
    [{ ...deploy, committedAt: '7' }, '"committedAt" is not a number of milliseconds'],
    [{ ...deploy, override: {} }, '"override" has no "reason"'],
    [{ ...deploy, override: 7 }, '"override" has no "reason"'],
    [{ ...redeploy, override: { reason: tooLong } }, '"override" has no "reason"'],
  ]
  for (const [body, fault] of faults) assert.equal(faultIn('release', body), fault)
})

test('a release brings its spec, and says what else is wrong with what was expected', () => {
  const expected =
    'expected {"kind": "redeploy"}, or {"kind": "deploy", "commit": "<40 hexadecimal digits>"}, each with a "spec"'
  assert.equal(
    faultIn('release', { ...redeploy, spec: undefined }),
    `nothing has been released here yet, so a "spec" is needed; ${expected}`,
  )
  assert.equal(faultIn('release', { ...redeploy, kind: 'x' }), `"kind" is "x"; ${expected}`)
})

test('a rollback with a field that is no short text is named', () => {
  for (const kind of ['release', 'rollback'] as const) {
    for (const name of ['to', 'reason', 'requestedBy']) {
      for (const value of [7, null, tooLong]) {
        assert.equal(
          faultIn(kind, { ...rollback, [name]: value }),
          `"${name}" is not a text of at most 2,000 characters`,
        )
      }
    }
  }
})

test('a rollback with an unknown field is not guessed at', () => {
  const known = 'kind, spec, to, reason, requestedBy'
  assert.equal(
    faultIn('rollback', { release: 'x' }),
    `"release" is not a field of a rollback, which has ${known}`,
  )
  assert.equal(
    faultIn('release', { ...rollback, ['x'.repeat(500)]: 1 }),
    `"${'x'.repeat(80)}" is not a field of a rollback, which has ${known}`,
  )
})

test('a rollback that comes as a release needs a spec and says who requests it', () => {
  assert.equal(faultIn('release', { ...rollback, spec: undefined }), noSpec)
  assert.equal(
    faultIn('release', { ...rollback, requestedBy: undefined }),
    '"requestedBy" is not a text',
  )
})
