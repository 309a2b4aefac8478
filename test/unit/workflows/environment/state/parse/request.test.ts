import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseRequest } from '../../../../../../workflows/environment/state/parse-request.ts'
import { undecodable } from '../../../../../../workflows/temporal/undecodable.ts'
import { commit, specFor } from '../../../../../workflows/fixtures.ts'

const spec = specFor('queue')
const anonymous = 'the Temporal UI or CLI'
const expected =
  'expected {"kind": "redeploy"}, or {"kind": "deploy", "commit": "<40 hexadecimal digits>"}'
const deploy = { kind: 'deploy', commit, requestedBy: 'nightly' }

/** What is wrong with a request, without what was expected. */
function fault(body: unknown): string {
  const parsed = parseRequest(body, spec)
  if (parsed.kind === 'good') return 'none'
  assert.ok(parsed.reason.endsWith(`; ${expected}`), parsed.reason)
  return parsed.reason.slice(0, -`; ${expected}`.length)
}

describe('a request by signal', () => {
  test('needs no more than its kind once the environment has a spec', () => {
    assert.deepEqual(parseRequest({ kind: 'redeploy' }, spec), {
      kind: 'good',
      request: { kind: 'redeploy', spec, requestedBy: anonymous },
    })
  })

  test('brings its own spec, which counts more than the known one', () => {
    const own = { ...spec, cluster: 'other' }
    assert.deepEqual(parseRequest({ kind: 'redeploy', requestedBy: 'nightly', spec: own }, spec), {
      kind: 'good',
      request: { kind: 'redeploy', spec: own, requestedBy: 'nightly' },
    })
  })

  test('of a deploy is read with all that it may say', () => {
    assert.deepEqual(parseRequest(deploy, spec), {
      kind: 'good',
      request: { ...deploy, spec, subject: '' },
    })
    const full = { ...deploy, subject: 'Add it', rebuild: '20260301T030000Z', committedAt: 7 }
    assert.deepEqual(parseRequest(full, spec), { kind: 'good', request: { ...full, spec } })
  })

  test('cuts what is too long for the history, and leaves out a time that is none', () => {
    const parsed = parseRequest(
      { ...deploy, subject: 'x'.repeat(200), requestedBy: 'y'.repeat(509), committedAt: 'noon' },
      spec,
    )
    assert.deepEqual(parsed, {
      kind: 'good',
      request: {
        ...deploy,
        spec,
        subject: 'x'.repeat(120),
        requestedBy: `${'y'.repeat(246)} […] ${'y'.repeat(246)}`,
      },
    })
  })

  test('is malformed without a full commit id', () => {
    const wrong = [undefined, 7, [commit], commit.slice(1), `${commit}0`, `x${commit.slice(1)}`]
    for (const one of [...wrong, `0${commit}`, commit.toUpperCase()]) {
      assert.equal(fault({ ...deploy, commit: one }), '"commit" is not a full commit id')
    }
  })

  test('is malformed if "rebuild" can be no suffix of a tag', () => {
    for (const rebuild of [7, null, 'x'.repeat(21), '-a', 'a-', 'a b']) {
      assert.equal(
        fault({ ...deploy, rebuild }),
        '"rebuild" is not a text of at most 20 letters and digits',
      )
    }
    assert.equal(fault({ ...deploy, rebuild: 'x'.repeat(20) }), 'none')
    assert.deepEqual(parseRequest({ ...deploy, rebuild: '' }, spec), parseRequest(deploy, spec))
  })

  test('is malformed if its body is no object, which is shown', () => {
    assert.equal(fault(undefined), 'found nothing')
    assert.equal(fault(7), 'found 7')
    assert.equal(fault('x'.repeat(200)), `found "${'x'.repeat(79)}`)
  })

  test('is malformed with another kind, which is shown', () => {
    assert.equal(fault({}), '"kind" is nothing')
    assert.equal(fault({ ...deploy, kind: 'rollback' }), '"kind" is "rollback"')
  })

  test('is malformed with a spec that is none, or where none is known', () => {
    assert.equal(
      fault({ kind: 'redeploy', spec: {} }),
      '"spec" is not an environment of a configuration',
    )
    const parsed = parseRequest({ ...deploy }, undefined)
    assert.deepEqual(parsed, {
      kind: 'malformed',
      by: 'nightly',
      reason: `nothing has been released here yet, so a "spec" is needed; ${expected}`,
    })
  })

  test('that cannot be decoded says why', () => {
    assert.deepEqual(parseRequest(undecodable('no key'), spec), {
      kind: 'malformed',
      by: anonymous,
      reason: `it cannot be read: no key; ${expected}`,
    })
  })

  test('keeps whom to answer, also where it is malformed', () => {
    const runId = '01a22222-9f01-7369-88fa-6931fcb20aa2'
    const replyTo = { workflowId: 'scheduled', runId }
    assert.deepEqual(parseRequest({ kind: 'redeploy', replyTo }, spec).replyTo, replyTo)
    const parsed = parseRequest({ kind: 'other', replyTo: { workflowId: 'scheduled' } }, spec)
    assert.equal(parsed.kind, 'malformed')
    assert.deepEqual(parsed.replyTo, { workflowId: 'scheduled' })
    const any = parseRequest({ kind: 'redeploy', replyTo: { ...replyTo, runId: '' } }, spec)
    assert.deepEqual(any.replyTo, { workflowId: 'scheduled' })
  })

  test('answers nobody where that is no workflow', () => {
    for (const replyTo of [undefined, 7, null, {}, { workflowId: 7 }, { runId: 'run' }]) {
      assert.ok(!('replyTo' in parseRequest({ kind: 'redeploy', replyTo }, spec)))
    }
  })

  test('answers nobody where Temporal would refuse the id, which would fail the task for ever', () => {
    const refused = ['', '\ud800', '漢'.repeat(500), 'w'.repeat(1_001)]
    const runs = ['latest', '\ud800', '01a22222-9f01-7369-88fa']
    for (const replyTo of [
      ...refused.map((workflowId) => ({ workflowId })),
      ...runs.map((runId) => ({ workflowId: 'scheduled', runId })),
    ]) {
      assert.ok(!('replyTo' in parseRequest({ kind: 'redeploy', replyTo }, spec)))
    }
  })
})
