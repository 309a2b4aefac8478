import assert from 'node:assert/strict'
import { test } from 'node:test'
import { durationArgument } from '../../../cli/commands/duration-argument.ts'
import { duration, durationOrZero } from '../../../config/duration.ts'
import { parseDuration } from '../../../config/parse-duration.ts'

const good = { '90s': 90_000, '30 m': 1_800_000, '1.5h': 5_400_000, '7d': 604_800_000, '5ms': 5 }
const bad = ['', 'soon', '5', '-5s', '5 weeks', '1e3s', '1234567s', ' 5s', '5s ', '5S', '5.1234s']

test('a duration has the same form in slipway.yaml and on the command line', () => {
  for (const [text, ms] of Object.entries(good)) {
    assert.equal(parseDuration(text), ms, text)
    assert.equal(duration.parse(text), ms, text)
    assert.equal(durationArgument()(text), ms, text)
  }
  for (const text of bad) {
    assert.equal(parseDuration(text), undefined, text)
    assert.equal(duration.safeParse(text).success, false, text)
    assert.throws(() => durationArgument()(text), /Expected a duration such as 90s/, text)
  }
})

test('zero is a duration only where that makes sense', () => {
  assert.equal(durationOrZero.parse('0s'), 0)
  assert.equal(duration.safeParse('0s').success, false)
  assert.throws(() => durationArgument()('0s'), /Expected a duration/)
})

test('an option names the bound that its value breaks, and the reason', () => {
  const within = durationArgument({
    least: { ms: 60_000, text: '1m: a release takes longer' },
    most: { ms: 120_000, text: '2m' },
  })
  assert.equal(within('2m'), 120_000)
  assert.throws(() => within('59s'), /Expected at least 1m: a release takes longer\./)
  assert.throws(() => within('121s'), /Expected at most 2m\./)
})
