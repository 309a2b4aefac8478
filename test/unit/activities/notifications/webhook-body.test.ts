import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildMessage } from '../../../../activities/notifications/message.ts'
import { exampleBody } from '../../../../activities/notifications/reference.ts'
import type { Notification } from '../../../../contract/notifications.ts'
import {
  webhookBody,
  webhookBodySchema,
} from '../../../../activities/notifications/webhook-body.ts'
import { approval, ended, started, testNotice } from './notifications.ts'

const bodyOf = (notification: Notification) =>
  webhookBody(notification, buildMessage(notification, { namespace: 'default' }))

test('a body matches its schema, with no other fields', () => {
  const { startedAt: _, cause: __, ...waiting } = ended({ outcome: 'superseded' })
  for (const notification of [started, approval, ended(), waiting, testNotice]) {
    const body = bodyOf(notification)
    assert.deepEqual(webhookBodySchema.parse(body), body)
  }
})

test('the example of the reference page is valid', () => {
  assert.deepEqual(webhookBodySchema.parse(exampleBody), exampleBody)
})

test('an outcome has its result, cause, start and duration', () => {
  assert.deepEqual(bodyOf(ended({ reason: 'hotfix' })), {
    version: 1,
    type: 'release.outcome',
    timestamp: '2026-03-01T12:30:00.000Z',
    data: {
      project: 'mailman',
      environment: 'production',
      requestedBy: 'ann@laptop',
      release: 'release/production/3f2c1ab4d5e6',
      kind: 'deploy',
      summary: 'mailman 3f2c1ab → production: Add organization id to inboxes',
      commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
      subject: 'Add organization id to inboxes',
      reason: 'hotfix',
      outcome: 'rolled_back',
      message: 'worker: ECS rolled back.',
      cause: 'Health checks failed with these codes: [404].',
      startedAt: '2026-03-01T12:26:40.000Z',
      durationMs: 200_000,
    },
  })
})

test('an approval has its deadline, and a test has nothing about a release', () => {
  assert.equal(bodyOf(approval).data.approveUntil, '2026-03-02T12:30:00.000Z')
  assert.deepEqual(Object.keys(bodyOf(testNotice).data), ['project', 'environment', 'requestedBy'])
})

test('a body has the page in the Temporal UI if its address is known', () => {
  const notification = { ...started, temporalUi: 'https://ui.example' }
  const pageOf = (temporalUi?: string) =>
    webhookBody(notification, buildMessage(notification, { namespace: 'prod', temporalUi })).data
      .page
  const path = 'namespaces/prod/workflows/release%2Fproduction%2F3f2c1ab4d5e6'
  assert.equal(pageOf(), `https://ui.example/${path}`)
  assert.equal(pageOf('https://worker.example'), `https://worker.example/${path}`)
  assert.equal(pageOf('javascript:alert(1)'), undefined)
})
