import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../../config/load.ts'
import { good, problems } from './good-config.ts'

const notified = (list: string) => `${good}notifications: [${list}]\n`

describe('notifications', () => {
  test('are read with every event, where none is chosen', () => {
    const text = notified('{ type: slack, urlFrom: SLACK_WEBHOOK_URL }')
    assert.deepEqual(parseConfig(text, 'slipway.yaml').config.notifications, [
      {
        type: 'slack',
        urlFrom: 'SLACK_WEBHOOK_URL',
        on: ['started', 'approval_needed', 'outcome'],
      },
    ])
  })

  test('name variables: an address or a secret in its place is not repeated', () => {
    const secrets = [
      'https://hooks.slack.com/services/T0/B0/s3cret',
      'whsec_s3cretMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      '[s3cret]',
    ]
    for (const secret of secrets) {
      const text = notified(`{ type: webhook, urlFrom: ${secret}, secretFrom: ${secret} }`)
      const found = problems(text)
      assert.equal(found.length, 2, found.join())
      for (const problem of found) {
        assert.match(problem, /(url|secret)From: found a value that is not shown/)
        assert.doesNotMatch(problem, /s3cret/)
      }
    }
  })

  const wrong: readonly [title: string, entry: string, expected: RegExp][] = [
    [
      'a key that is not one',
      '{ type: slack, url: A }',
      /url: found an unknown key; known here: type, urlFrom, secretFrom, on, outcomes/,
    ],
    ['no variable', '{ type: slack }', /urlFrom: is missing; expected text/],
    [
      'a type that is not one',
      '{ type: email, urlFrom: A }',
      /found the text "email", expected one of "slack", "webhook"/,
    ],
    [
      'an empty list of events',
      '{ type: slack, urlFrom: A, on: [] }',
      /found a list, expected a list that is not empty/,
    ],
    [
      'an event that is not one',
      '{ type: slack, urlFrom: A, on: [ended] }',
      /expected one of "started", "approval_needed", "outcome"/,
    ],
    [
      'a signature for Slack',
      '{ type: slack, urlFrom: A, secretFrom: B }',
      /secretFrom: .*expected no "secretFrom".*Slack checks no signatures/,
    ],
    [
      'outcomes that are never reported',
      '{ type: slack, urlFrom: A, on: [started], outcomes: [rejected] }',
      /outcomes: .*expected "outcome" in "on"/,
    ],
  ]
  for (const [title, entry, expected] of wrong) {
    test(`refuse ${title}`, () => assert.match(problems(notified(entry)).join('\n'), expected))
  }
})
