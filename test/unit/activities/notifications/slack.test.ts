import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { buildMessage } from '../../../../activities/notifications/message.ts'
import type { Notification } from '../../../../contract/notifications.ts'
import { slackBody, type SlackBody } from '../../../../activities/notifications/slack.ts'
import { outcomes } from '../../../../contract/outcome.ts'
import { approval, ended, started, testNotice } from './notifications.ts'

const place = { temporalUi: 'https://temporal.example.com', namespace: 'default' }
const bodyOf = (notification: Notification) => slackBody(buildMessage(notification, place))

/** All text of a message, as it is sent to Slack. */
function textsOf({ text, blocks }: SlackBody): readonly string[] {
  return [
    text,
    ...blocks.flatMap((block) =>
      block.type === 'section' ? [block.text.text] : block.elements.map((one) => one.text),
    ),
  ]
}

describe('a message says', () => {
  test('that a release has started, and how to follow it', () => {
    assert.deepEqual(textsOf(bodyOf(started)), [
      '🚀 started: mailman 3f2c1ab → production: Add organization id to inboxes'.replace(
        '>',
        '&gt;',
      ),
      '🚀 *started*\nmailman 3f2c1ab → production: Add organization id to inboxes',
      '```slipway wait production```',
      'Requested by ann@laptop',
      '<https://temporal.example.com/namespaces/default/workflows/release%2Fproduction%2F3f2c1ab4d5e6|Temporal UI>',
    ])
  })

  test('that an approval is needed, by when, and how to approve or reject', () => {
    const all = textsOf(bodyOf(approval)).join('\n')
    assert.match(all, /waits for an approval/)
    assert.match(all, /rejected at 2026-03-02 12:30 UTC/)
    assert.match(
      all,
      /^```slipway approve production --release release\/production\/3f2c1ab4d5e6$/m,
    )
    assert.match(all, /^slipway reject production --release release\/production\/3f2c1ab4d5e6/m)
    assert.match(all, /workflows\/environment%2Fproduction\|/)
  })

  test('how it ended, how long it took and why', () => {
    const all = textsOf(bodyOf(ended())).join('\n')
    assert.match(all, /↩️ \*rolled back after 3 min 20 s\*/)
    assert.match(all, /^worker: ECS rolled back\.$/m)
    assert.match(all, /^Cause: Health checks failed with these codes: \[404\]\.$/m)
    assert.match(all, /slipway explain release\/production\/3f2c1ab4d5e6/)
  })

  test('that a person is needed if the rollback failed, and only then', () => {
    for (const outcome of outcomes) {
      const [text = ''] = textsOf(bodyOf(ended({ outcome })))
      assert.equal(/A PERSON IS NEEDED NOW/.test(text), outcome === 'rollback_failed', outcome)
    }
  })

  test('nothing about explaining a release that never started', () => {
    const { startedAt: _, ...waiting } = ended({ outcome: 'superseded' })
    const all = textsOf(bodyOf(waiting)).join('\n')
    assert.doesNotMatch(all, /slipway explain| after /)
    assert.match(all, /workflows\/environment%2Fproduction\|/)
  })

  test('that it is a test', () => {
    assert.match(textsOf(bodyOf(testNotice)).join('\n'), /this is a test\*\nmailman → production/)
  })
})

describe('untrusted text', () => {
  test('can neither mention anyone nor form a link', () => {
    const hostile = '<!channel> <@U012> <https://evil.example|click> &lt;!here&gt; \u202egnp.exe'
    const all = textsOf(
      bodyOf(
        ended({
          summary: hostile,
          message: hostile,
          cause: hostile,
          requestedBy: hostile,
          reason: hostile,
        }),
      ),
    )
    for (const text of all.filter((one) => !one.endsWith('|Temporal UI>'))) {
      assert.doesNotMatch(text, /[<>\u202e]/)
      assert.doesNotMatch(text, /&(?!amp;|lt;|gt;)/)
    }
    assert.ok(all.some((text) => text.includes('&lt;!channel&gt;')))
    assert.ok(all.some((text) => text.includes('&amp;lt;!here&amp;gt;')))
  })

  test("of any kind and length keeps the message within Slack's limits", () => {
    const any = fc.string({ unit: 'binary', maxLength: 4_000 })
    const long = fc.constantFrom('<', '&', 'a', '🚀').map((one) => one.repeat(4_000))
    const text = fc.oneof(any, long)
    fc.assert(
      fc.property(
        text,
        text,
        text,
        text,
        text,
        fc.constantFrom(...outcomes),
        (summary, message, cause, requestedBy, reason, outcome) => {
          const notification = ended({ summary, message, cause, requestedBy, reason, outcome })
          const body = bodyOf(notification)
          assert.ok(body.blocks.length <= 50)
          assert.ok(body.text.length <= 40_000)
          for (const block of body.blocks) {
            if (block.type === 'section') within(block.text.text, 3_000)
            else {
              assert.ok(block.elements.length >= 1 && block.elements.length <= 10)
              for (const one of block.elements) within(one.text, 2_000)
            }
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** Not empty, at most `longest` long, and not cut within a character or an escape. */
function within(text: string, longest: number): void {
  assert.ok(text.length >= 1 && text.length <= longest, String(text.length))
  assert.ok(text.isWellFormed() || !text.endsWith('…'), 'a character is cut in half')
  assert.doesNotMatch(text, /&[a-z]*…$/)
}
