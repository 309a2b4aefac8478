import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { environmentText } from '../../../../cli/display/environment.ts'
import { entry } from '../ledger-entry.ts'

const window = {
  kind: 'weekly',
  timeZone: 'UTC',
  days: [5],
  from: 16 * 60,
  to: 24 * 60,
  reason: 'weekend',
} as const

describe('the status of an environment', () => {
  test('shows what is live by service, what runs, what waits, and what ended', () => {
    const text = environmentText(
      {
        environment: 'production',
        project: 'mailman',
        live: entry,
        running: {
          id: 'release/production/9',
          kind: 'deploy',
          requestedBy: 'ci',
          startedAt: 0,
          paused: { by: 'bob', at: 0, reason: 'check' },
        },
        waiting: [
          {
            id: 'release/production/10',
            kind: 'deploy',
            commit: '9e8d7c6b',
            subject: 'Next',
            requestedBy: 'ci',
            since: 0,
            approval: { kind: 'needed', until: 1 },
            waitsFor: { kind: 'approval', until: 1 },
          },
        ],
        freeze: { by: 'ann', reason: 'incident', since: 0 },
        superseded: [],
        controls: [
          { kind: 'freeze', by: 'ann', at: 0, reason: 'incident' },
          { kind: 'approve', by: 'bob', at: 0, release: 'release/production/8' },
        ],
        releases: [entry],
      },
      61_000,
      { window },
    )
    assert.match(
      text,
      /release\/production\/10 {2}deploy 9e8d7c6: Next {2}by ci .* waits for an approval until 1970-01-01 00:00 UTC: slipway approve production/,
    )
    assert.match(text, /paused by bob: check\. Resume it: slipway resume production/)
    assert.match(
      text,
      /^In a freeze window, fri 16:00–24:00 UTC \(weekend\): only rollbacks and --override-freeze are accepted$/m,
    )
    assert.match(
      text,
      /sha256:8{12} {2}since 1970-01-01 00:02 UTC {2}by release\/production\/older/,
    )
    assert.match(text, /Frozen by ann: incident/)
    assert.match(text, /freeze +by ann {2}1970-01-01 00:00 UTC +incident/)
    assert.match(text, /approve {2}by bob {2}1970-01-01 00:00 UTC {2}release\/production\/8/)
    assert.match(text, /Live: deploy 3f2c1ab: Add organization id, since 1970-01-01 00:02 UTC/)
    assert.match(text, / {2}api {2}mailman-api {2}mailman-api:8 {2}sha256:8{12}/)
    assert.match(text, /Running: release\/production\/9 \(deploy, by ci\), for 1 min 1 s/)
    assert.match(text, /release\/production\/3f2c1ab4d5e6 {2}succeeded/)
  })

  test('shows what a waiting step observed last, in full, since a person may have to act', () => {
    const running = {
      id: 'release/production/9',
      kind: 'deploy',
      requestedBy: 'ci',
      startedAt: 0,
    } as const
    const summary = `ECS waits for a person: aws ecs continue-service-deployment ${'x'.repeat(200)}`
    const text = environmentText(
      {
        environment: 'production',
        project: 'mailman',
        running,
        waiting: [],
        superseded: [],
        controls: [],
        releases: [],
      },
      61_000,
      {
        release: {
          ...running,
          project: 'mailman',
          environment: 'production',
          summary: 'mailman',
          steps: [{ name: 'wait', subject: 'api', state: 'running', startedAt: 0 }],
          warnings: [],
        },
        rollouts: [{ service: 'api', summary, observedAt: 60_000 }],
      },
    )
    assert.ok(text.includes(`  wait api, for 1 min 1 s\n    ${summary}`), text)
  })

  test('shows the last ten outcomes, superseded requests among them', () => {
    const releases = [5, 3, 1].map((n) => ({ ...entry, id: `release/p/${n}`, endedAt: n * 60_000 }))
    const superseded = [6, 4, 2, 0, 0, 0, 0, 0].map((n) => ({
      id: `release/p/${n}`,
      by: 'release/p/7',
      at: n * 60_000,
    }))
    const text = environmentText(
      {
        environment: 'production',
        project: 'mailman',
        waiting: [],
        superseded,
        controls: [],
        releases,
      },
      500_000,
    )
    const ids = [...text.matchAll(/^release\/p\/(\d)/gm)].map(([, n]) => n)
    assert.deepEqual(ids, ['6', '5', '4', '3', '2', '1', '0', '0', '0', '0'])
    assert.match(text, /^release\/p\/6 {2}superseded {2}1970.* superseded by release\/p\/7$/m)
  })

  test('shows how many notifications are pending, and in full those that were not delivered', () => {
    const { id: release } = entry
    const notice = { event: 'outcome', release, to: 'slack (SLACK_WEBHOOK_URL)' }
    const reason = `The variable is not set. ${'x'.repeat(200)} Set it.`
    const text = environmentText(
      {
        environment: 'production',
        project: 'mailman',
        waiting: [],
        superseded: [],
        controls: [],
        releases: [],
        unsent: [
          { ...notice, since: 60_000 },
          { ...notice, since: 0 },
        ],
        undelivered: [{ ...notice, at: 0, reason }],
      },
      61_000,
    )
    assert.match(text, /Notifications pending: 2, the oldest since 1970-01-01 00:00 UTC/)
    const line = `slack (SLACK_WEBHOOK_URL), outcome of ${release}, 1970-01-01 00:00 UTC: ${reason}`
    assert.ok(text.includes(`Notifications not delivered:\n  ${line}`), text)
  })
})
