import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentDetails, releaseDetails } from '../../../workflows/details.ts'
import type { EnvironmentStatus, ReleaseStatus } from '../../../workflows/types.ts'

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

test('the steps of a release are a table, which text of others cannot break', () => {
  const [steps] = tablesIn(releaseDetails(status))
  assert.deepEqual(steps, [
    ['step', 'state', 'started', 'took', 'note'],
    ['inspect', 'done', '00:00:00', '1.5s', String.raw`a\|b`],
  ])
  assert.ok(
    !releaseDetails(status).includes('<b>') || releaseDetails(status).includes(String.raw`\<b`),
  )
})

test('what waits in an environment and what was done by hand are tables', () => {
  const tables = tablesIn(environmentDetails(environment))
  assert.deepEqual(
    tables.map((table) => table[0]?.[0]),
    ['waits', 'done by hand'],
  )
})

test('a notice that did not arrive, or not yet, is shown with the reason', () => {
  const release = 'release/production/3f2c1ab4d5e6'
  const told = { event: 'started', release, to: 'slack (SLACK_WEBHOOK_URL)' }
  const tables = tablesIn(
    environmentDetails({
      ...environment,
      undelivered: [{ ...told, at: 0, reason: 'not | set' }],
      unsent: [{ ...told, since: 0 }],
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

test('details stay within what the UI takes, however much there is to say', () => {
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
