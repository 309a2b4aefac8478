import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { execa } from 'execa'
import { notify } from '../../../../activities/notifications/notify.ts'
import { retryAfterOf } from '../../../../activities/notifications/post.ts'
import type { NotificationSpec } from '../../../../contract/environment-spec.ts'
import { openReceiver, type Receiver, type Reply } from '../../../workflows/receiver.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { ended, started } from './notifications.ts'

const slack: NotificationSpec = { type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL', on: ['started'] }
const webhook: NotificationSpec = { type: 'webhook', urlFrom: 'HOOK', on: ['started'] }
const signed: NotificationSpec = { ...webhook, secretFrom: 'SECRET' }
const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`

/** Notifies a receiver that replies like this; passes on the receiver and the activity's failure. */
async function notifying(
  to: NotificationSpec,
  reply: Reply,
  use: (receiver: Receiver, failure: unknown) => void | Promise<void>,
): Promise<void> {
  const receiver = await openReceiver(reply)
  const variables = { SLACK_WEBHOOK_URL: receiver.url, HOOK: receiver.url, SECRET: secret }
  const timeoutMs = reply === 'hang' ? 300 : 60_000
  try {
    const failure: unknown = await inActivity(() =>
      notify({ notification: started, to }, { variables, timeoutMs }),
    ).catch((error: unknown) => error)
    assert.doesNotMatch(String(failure), /a-secret-path|127\.0\.0\.1|whsec_/)
    await use(receiver, failure)
  } finally {
    await receiver.close()
  }
}

test('Slack receives a message as JSON', async () => {
  await notifying(slack, { status: 200, body: 'ok' }, ({ received: [first] }, failure) => {
    assert.equal(failure, undefined)
    assert.equal(first?.headers['content-type'], 'application/json')
    const body = JSON.parse(first?.body ?? '') as { text: string }
    assert.match(body.text, /^🚀 started: mailman 3f2c1ab → production/)
  })
})

test('another implementation can verify the signature of a webhook', async () => {
  await notifying(signed, { status: 204 }, async ({ received: [first] }, failure) => {
    assert.equal(failure, undefined)
    assert.ok(first !== undefined)
    assert.equal(first.headers['webhook-id'], started.id)
    const verify = `import base64, hashlib, hmac, json, sys
given = json.load(sys.stdin)
key = base64.b64decode(given["secret"].removeprefix("whsec_"))
content = f'{given["id"]}.{given["timestamp"]}.{given["body"]}'.encode()
print("v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode())`
    const { stdout } = await execa('python3', ['-c', verify], {
      input: JSON.stringify({
        secret,
        id: first.headers['webhook-id'],
        timestamp: first.headers['webhook-timestamp'],
        body: first.body,
      }),
    })
    assert.equal(first.headers['webhook-signature'], stdout)
    const age = Date.now() / 1_000 - Number(first.headers['webhook-timestamp'])
    assert.ok(age >= 0 && age < 60, String(age))
  })
})

test('a webhook without a secret is sent without a signature', async () => {
  await notifying(webhook, { status: 200 }, ({ received: [first] }) => {
    assert.equal(first?.headers['webhook-signature'], undefined)
    assert.equal(first?.headers['webhook-id'], started.id)
  })
})

describe('a transient error is retried', () => {
  const transient: readonly [title: string, reply: Reply, says: RegExp][] = [
    ['500', { status: 500 }, /answered 500/],
    ['503', { status: 503 }, /answered 503/],
    ['408', { status: 408 }, /answered 408/],
    ['429', { status: 429 }, /answered 429/],
    ['a connection that breaks', 'drop', /does not answer \(UND_ERR_SOCKET\)/],
    ['a receiver that hangs', 'hang', /does not answer \(no answer within 0\.3 s\)/],
  ]
  for (const [title, reply, says] of transient) {
    test(title, async () => {
      await notifying(webhook, reply, (_, failure) => {
        assert.ok(failsAs('Unavailable', says, 'HOOK', 'production')(failure))
        assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable !== true)
      })
    })
  }

  test('a port that nothing listens on', async () => {
    const receiver = await openReceiver()
    await receiver.close()
    await assert.rejects(
      inActivity(() =>
        notify({ notification: started, to: webhook }, { variables: { HOOK: receiver.url } }),
      ),
      failsAs('Unavailable', 'ECONNREFUSED'),
    )
  })

  test('after the delay that the receiver asks for, at most an hour', async () => {
    const delays: readonly [header: string, delay: number | undefined][] = [
      ['7', 7_000],
      ['86400', 3_600_000],
      ['0', undefined],
      ['soon', undefined],
    ]
    for (const [header, delay] of delays) {
      const reply = { status: 429, headers: { 'retry-after': header } }
      await notifying(slack, reply, (_, failure) => {
        assert.ok(failure instanceof ApplicationFailure)
        assert.equal(failure.nextRetryDelay ?? undefined, delay, header)
      })
    }
  })
})

describe('a permanent error is not retried', () => {
  const permanent: readonly [title: string, to: NotificationSpec, reply: Reply, says: RegExp][] = [
    ['a revoked Slack webhook', slack, { status: 404, body: 'no_service' }, /404 \(no_service\)/],
    ['a rejected request', webhook, { status: 400 }, /answered 400, so a retry is of no use/],
    ['a receiver that is gone', webhook, { status: 410 }, /answered 410/],
    [
      'a redirect',
      webhook,
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      /302: a redirect/,
    ],
    [
      'a response that contains the URL',
      webhook,
      { status: 404, body: 'Cannot POST /hooks/a-secret-path' },
      /answered 404, so/,
    ],
  ]
  for (const [title, to, reply, says] of permanent) {
    test(title, async () => {
      await notifying(to, reply, ({ received }, failure) => {
        assert.ok(failsAs('PreconditionFailed', says)(failure))
        assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable === true)
        assert.equal(received.length, 1)
      })
    })
  }

  const variables: readonly [title: string, given: Record<string, string>, says: RegExp][] = [
    ['a URL that is not set', {}, /HOOK for notifications of production is not set/],
    ['an empty URL', { HOOK: ' ' }, /HOOK .* is not set/],
    [
      'a text that is no URL',
      { HOOK: 'hooks.example/s3cret' },
      /HOOK .* is not an http or https URL/,
    ],
    ['a URL of another protocol', { HOOK: 'file:///s3cret' }, /HOOK .* is not an http or https/],
    [
      'a URL with a password',
      { HOOK: 'https://me:s3cret@hooks.example' },
      /HOOK .* contains a user or password/,
    ],
    ['a secret that is not set', { HOOK: 'https://hooks.example' }, /SECRET .* is not set/],
    [
      'an invalid secret',
      { HOOK: 'https://hooks.example', SECRET: 's3cret' },
      /SECRET .* is not a signing secret/,
    ],
  ]
  for (const [title, given, says] of variables) {
    test(title, async () => {
      await assert.rejects(
        inActivity(() => notify({ notification: ended(), to: signed }, { variables: given })),
        (error: unknown) => {
          assert.doesNotMatch(String(error), /s3cret/)
          return failsAs('PreconditionFailed', says)(error)
        },
      )
    })
  }
})

test('an endless response is not read to the end', async () => {
  const body = 'x'.repeat(50_000_000)
  await notifying(slack, { status: 200, body }, (_, failure) => assert.equal(failure, undefined))
})

test('Retry-After is a number of seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1)
  assert.deepEqual(
    ['120', 'Thu, 01 Jan 2026 00:01:00 GMT', 'Wed, 31 Dec 2025 23:00:00 GMT', 'soon', null].map(
      (value) => retryAfterOf(value, now),
    ),
    [120_000, 60_000, 0, undefined, undefined],
  )
})
