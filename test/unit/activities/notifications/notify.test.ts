import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { execa } from 'execa'
import { notify } from '../../../../activities/notifications/notify.ts'
import { retryAfterOf } from '../../../../activities/notifications/post.ts'
import type { NotificationSpec } from '../../../../contract/environment-spec.ts'
import { openReceiver, type Receiver, type Reply } from '../../../workflows/receiver.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { ended, started } from './notices.ts'

const slack: NotificationSpec = { type: 'slack', urlFrom: 'SLACK_WEBHOOK_URL', on: ['started'] }
const webhook: NotificationSpec = { type: 'webhook', urlFrom: 'HOOK', on: ['started'] }
const signed: NotificationSpec = { ...webhook, secretFrom: 'SECRET' }
const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`

/** Tells a receiver that answers like this, and gives it with what the activity failed with. */
async function telling(
  to: NotificationSpec,
  reply: Reply,
  use: (receiver: Receiver, failure: unknown) => void | Promise<void>,
): Promise<void> {
  const receiver = await openReceiver(reply)
  const variables = { SLACK_WEBHOOK_URL: receiver.url, HOOK: receiver.url, SECRET: secret }
  const timeoutMs = reply === 'hang' ? 300 : 60_000
  try {
    const failure: unknown = await inActivity(() =>
      notify({ notice: started, to }, { variables, timeoutMs }),
    ).catch((error: unknown) => error)
    assert.doesNotMatch(String(failure), /a-secret-path|127\.0\.0\.1|whsec_/)
    await use(receiver, failure)
  } finally {
    await receiver.close()
  }
}

test('Slack is sent a message, as JSON', async () => {
  await telling(slack, { status: 200, body: 'ok' }, ({ received: [first] }, failure) => {
    assert.equal(failure, undefined)
    assert.equal(first?.headers['content-type'], 'application/json')
    const body = JSON.parse(first?.body ?? '') as { text: string }
    assert.match(body.text, /^🚀 started: mailman 3f2c1ab → production/)
  })
})

test('a webhook is signed so that another implementation finds it genuine', async () => {
  await telling(signed, { status: 204 }, async ({ received: [first] }, failure) => {
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
  await telling(webhook, { status: 200 }, ({ received: [first] }) => {
    assert.equal(first?.headers['webhook-signature'], undefined)
    assert.equal(first?.headers['webhook-id'], started.id)
  })
})

describe('what may pass is tried again', () => {
  const passing: readonly [title: string, reply: Reply, says: RegExp][] = [
    ['500', { status: 500 }, /answered 500/],
    ['503', { status: 503 }, /answered 503/],
    ['408', { status: 408 }, /answered 408/],
    ['429', { status: 429 }, /answered 429/],
    ['a connection that breaks', 'drop', /does not answer \(UND_ERR_SOCKET\)/],
    ['a receiver that hangs', 'hang', /does not answer \(no answer within 0\.3 s\)/],
  ]
  for (const [title, reply, says] of passing) {
    test(title, async () => {
      await telling(webhook, reply, (_, failure) => {
        assert.ok(failsAs('Unavailable', says, 'HOOK', 'production')(failure))
        assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable !== true)
      })
    })
  }

  test('a port at which nobody listens', async () => {
    const receiver = await openReceiver()
    await receiver.close()
    await assert.rejects(
      inActivity(() =>
        notify({ notice: started, to: webhook }, { variables: { HOOK: receiver.url } }),
      ),
      failsAs('Unavailable', 'ECONNREFUSED'),
    )
  })

  test('as late as the receiver asks for, and within an hour', async () => {
    const wanted: readonly [header: string, delay: number | undefined][] = [
      ['7', 7_000],
      ['86400', 3_600_000],
      ['0', undefined],
      ['soon', undefined],
    ]
    for (const [header, delay] of wanted) {
      const reply = { status: 429, headers: { 'retry-after': header } }
      await telling(slack, reply, (_, failure) => {
        assert.ok(failure instanceof ApplicationFailure)
        assert.equal(failure.nextRetryDelay ?? undefined, delay, header)
      })
    }
  })
})

describe('what will not pass is not tried again', () => {
  const final: readonly [title: string, to: NotificationSpec, reply: Reply, says: RegExp][] = [
    [
      'a webhook of Slack’s that was revoked',
      slack,
      { status: 404, body: 'no_service' },
      /404 \(no_service\)/,
    ],
    [
      'a request that is refused',
      webhook,
      { status: 400 },
      /answered 400, so a retry is of no use/,
    ],
    ['a receiver that is gone', webhook, { status: 410 }, /answered 410/],
    [
      'a redirect',
      webhook,
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      /302: a redirect/,
    ],
    [
      'an answer that repeats the address',
      webhook,
      { status: 404, body: 'Cannot POST /hooks/a-secret-path' },
      /answered 404, so/,
    ],
  ]
  for (const [title, to, reply, says] of final) {
    test(title, async () => {
      await telling(to, reply, ({ received }, failure) => {
        assert.ok(failsAs('PreconditionFailed', says)(failure))
        assert.ok(failure instanceof ApplicationFailure && failure.nonRetryable === true)
        assert.equal(received.length, 1)
      })
    })
  }

  const variables: readonly [title: string, given: Record<string, string>, says: RegExp][] = [
    ['an address that is not set', {}, /HOOK for notifications of production is not set/],
    ['an address that is empty', { HOOK: ' ' }, /HOOK .* is not set/],
    [
      'an address that is none',
      { HOOK: 'hooks.example/s3cret' },
      /HOOK .* is not an http or https URL/,
    ],
    ['an address of something else', { HOOK: 'file:///s3cret' }, /HOOK .* is not an http or https/],
    [
      'an address with a password',
      { HOOK: 'https://me:s3cret@hooks.example' },
      /HOOK .* contains a user or password/,
    ],
    ['a secret that is not set', { HOOK: 'https://hooks.example' }, /SECRET .* is not set/],
    [
      'a secret that is none',
      { HOOK: 'https://hooks.example', SECRET: 's3cret' },
      /SECRET .* is not a signing secret/,
    ],
  ]
  for (const [title, given, says] of variables) {
    test(title, async () => {
      await assert.rejects(
        inActivity(() => notify({ notice: ended(), to: signed }, { variables: given })),
        (error: unknown) => {
          assert.doesNotMatch(String(error), /s3cret/)
          return failsAs('PreconditionFailed', says)(error)
        },
      )
    })
  }
})

test('an answer without end is not read to the end', async () => {
  const body = 'x'.repeat(50_000_000)
  await telling(slack, { status: 200, body }, (_, failure) => assert.equal(failure, undefined))
})

test('a time to wait is seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1)
  assert.deepEqual(
    ['120', 'Thu, 01 Jan 2026 00:01:00 GMT', 'Wed, 31 Dec 2025 23:00:00 GMT', 'soon', null].map(
      (value) => retryAfterOf(value, now),
    ),
    [120_000, 60_000, 0, undefined, undefined],
  )
})
