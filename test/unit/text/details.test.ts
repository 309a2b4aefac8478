import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentDetails, releaseDetails } from '../../../text/details.ts'
import type { ReleaseStatus } from '../../../contract/releases.ts'
import type { EnvironmentStatus } from '../../../contract/environment.ts'

const status: ReleaseStatus = {
  id: 'release/production/3f2c1ab4d5e6',
  kind: 'deploy',
  project: 'mailman',
  environment: 'production',
  summary: 'mailman 3f2c1ab → production: Add | and <b>',
  requestedBy: 'ann',
  startedAt: 0,
  steps: [{ name: 'inspect', state: 'done', startedAt: 0, endedAt: 1_500, note: 'a|b' }],
  warnings: [],
}

const environment: EnvironmentStatus = {
  environment: 'production',
  project: 'mailman',
  waiting: [{ id: 'w', kind: 'deploy', requestedBy: 'ci', since: 0 }],
  superseded: [],
  controls: [{ kind: 'freeze', by: 'ann', at: 0 }],
  releases: [],
}

/** The tables of a text, each a list of rows of cells, as a Markdown reader sees them. */
function tablesIn(markdown: string): string[][][] {
  return markdown
    .split('\n\n')
    .map((block) => block.split('\n'))
    .filter((lines) => /^\|(-+\|)+$/.test(lines[1] ?? ''))
    .map((lines) =>
      [lines[0] ?? '', ...lines.slice(2)].map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.replaceAll(/^[ \u00a0]+|[ \u00a0]+$/g, '')),
      ),
    )
}

test('the steps of a release are a table, which foreign text cannot break', () => {
  const [steps] = tablesIn(releaseDetails(status))
  assert.deepEqual(steps, [
    ['step', 'state', 'started (UTC)', 'took', 'note'],
    ['inspect', 'done', '00:00:00', '1.5s', String.raw`a\|b`],
  ])
  assert.ok(
    !releaseDetails(status).includes('<b>') || releaseDetails(status).includes(String.raw`\<b`),
  )
})

const pageOf = (id: string) => `https://ui.example.com/${encodeURIComponent(id)}`

test('a release and an environment link to the pages that are known', () => {
  const links = [{ text: 'mailman_api', url: 'https://console.example.com/mailman_api' }]
  assert.match(
    releaseDetails({ ...status, links }),
    /\nSee \[mailman\\_api\]\(https:\/\/console\.example\.com\/mailman_api\)$/,
  )
  assert.doesNotMatch(releaseDetails(status), /See/)
  const id = 'release/production/3f2c1ab4d5e6'
  const running = { id, kind: 'deploy', requestedBy: 'ann', startedAt: 0 } as const
  assert.match(
    environmentDetails({ ...environment, running }, pageOf),
    /Running:\*\* \[release\/production\/3f2c1ab4d5e6\]\(https:\/\/ui\.example\.com\/release%2F/,
  )
})

test('waiting releases and manual actions are tables', () => {
  const tables = tablesIn(environmentDetails(environment))
  assert.deepEqual(
    tables.map((table) => table[0]?.[0]),
    ['waiting', 'manual action'],
  )
})

test('an environment shows what is live by service, what runs, and who froze it until when', () => {
  const digest = `sha256:${'8'.repeat(64)}`
  const live = {
    id: 'release/production/3f2c1ab4d5e6',
    kind: 'deploy',
    commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
    subject: 'Add | organization id',
    requestedBy: 'ann',
    startedAt: 0,
    endedAt: 60_000,
    outcome: 'succeeded',
    message: '',
    services: [
      {
        name: 'api',
        ecsService: 'mailman-api',
        revision: {
          service: 'api',
          taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:8',
          digests: { api: digest },
          registered: true,
        },
        rollbackTarget: {
          taskDefinition: 'mailman-api:7',
          digests: {},
          deploymentId: '7',
          hasSucceeded: true,
        },
        since: { release: 'release/production/3f2c1ab4d5e6', at: 180_000 },
      },
    ],
  } as const
  const paused = { by: 'ann', at: 130_000, reason: 'look' }
  const asked = { requestedBy: 'bob', startedAt: 120_000 }
  const running = { id: 'r', kind: 'rollback', paused, ...asked } as const
  const freeze = { by: 'ann', reason: 'incident', since: 0, until: 3_600_000 }
  const text = environmentDetails({ ...environment, live, running, freeze, releases: [live] })
  const title = String.raw`deploy 3f2c1ab: Add \| organization id`
  assert.ok(text.includes(`**Live:** ${title}, since 1970-01-01 00:03, by ann`), text)
  assert.match(
    text,
    /^\*\*Running:\*\* r: rollback, since 1970-01-01 00:02, by bob\. \*\*Paused\*\* by ann: look$/m,
  )
  assert.match(text, /^\*\*Frozen\*\* until 1970-01-01 01:00 by ann: incident$/m)
  const tables = tablesIn(text)
  assert.deepEqual(tables[0]?.[1], [
    'api',
    'mailman-api:8',
    digest.slice(0, 19),
    '1970-01-01 00:03',
    live.id,
  ])
  assert.deepEqual(tables.at(-1)?.[1]?.slice(0, 3), [live.id, title, 'succeeded'])
})

test('a revision that was rolled back or never started is not called released', () => {
  const services = [
    {
      name: 'api',
      ecsService: 'mailman-api',
      revision: { service: 'api', taskDefinition: 'mailman-api:8', digests: {}, registered: true },
      rollbackTarget: {
        taskDefinition: 'mailman-api:7',
        digests: {},
        deploymentId: '7',
        hasSucceeded: true,
      },
    },
  ]
  const ended = { id: 'r', message: '', services, startedAt: 0, endedAt: 0, warnings: [] }
  const headFor = (outcome: 'succeeded' | 'rolled_back' | 'rollback_failed') =>
    tablesIn(releaseDetails({ ...status, result: { ...ended, outcome } }))[1]?.[0]
  assert.deepEqual(headFor('succeeded'), ['service', 'released', 'digest', 'ran before'])
  assert.deepEqual(headFor('rolled_back'), ['service', 'requested', 'digest', 'runs'])
  assert.deepEqual(headFor('rollback_failed'), ['service', 'requested', 'digest', 'ran before'])
})

test('a notification that failed or is pending is shown, with the reason', () => {
  const release = 'release/production/3f2c1ab4d5e6'
  const notification = { event: 'started', release, to: 'slack (SLACK_WEBHOOK_URL)' }
  const tables = tablesIn(
    environmentDetails({
      ...environment,
      undelivered: [{ ...notification, at: 0, reason: 'not | set' }],
      unsent: [{ ...notification, since: 0 }],
    }),
  )
  assert.deepEqual(tables[2]?.[1], [
    'slack (SLACK\\_WEBHOOK\\_URL)',
    'started',
    '1970-01-01 00:00',
    release,
    String.raw`not \| set`,
  ])
  assert.equal(tables[3]?.[1]?.[1], 'started')
})

test('details stay within the limit of the UI, however much there is to show', () => {
  const entry = {
    id: 'release/production/3f2c1ab4d5e6',
    kind: 'deploy',
    requestedBy: 'x'.repeat(500),
    startedAt: 0,
    endedAt: 0,
    outcome: 'succeeded',
    message: '',
    services: [],
  } as const
  const crowded: EnvironmentStatus = {
    ...environment,
    waiting: Array.from({ length: 200 }, () => environment.waiting[0]).flatMap((one) => one ?? []),
    controls: Array.from({ length: 50 }, () => ({
      kind: 'freeze' as const,
      by: 'ann',
      at: 0,
      reason: 'y'.repeat(500),
    })),
    releases: Array.from({ length: 50 }, () => entry),
    undelivered: Array.from({ length: 10 }, () => ({
      release: entry.id,
      event: 'outcome',
      to: `slack (${'A'.repeat(128)})`,
      at: 0,
      reason: 'z'.repeat(500),
    })),
    unsent: Array.from({ length: 100 }, () => ({
      release: entry.id,
      event: 'outcome',
      to: `slack (${'A'.repeat(128)})`,
      since: 0,
    })),
  }
  assert.ok(Buffer.byteLength(environmentDetails(crowded)) < 20_000)
})
