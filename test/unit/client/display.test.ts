import assert from 'node:assert/strict'
import { stripVTControlCharacters } from 'node:util'
import { describe, test } from 'node:test'
import type { FollowEvent } from '../../../client/follow.ts'
import { changeTeller } from '../../../client/display/changes.ts'
import { openDisplay } from '../../../client/display/display.ts'
import { environmentText } from '../../../client/display/environment.ts'
import { resultText } from '../../../client/display/result.ts'
import { redrawer } from '../../../client/display/redraw.ts'
import { frame } from '../../../client/display/steps.ts'
import { table } from '../../../client/display/table.ts'
import { changeLine } from '../../../client/display/words.ts'
import type { LedgerEntry, ReleaseStatus, Step } from '../../../workflows/types.ts'

const status = (steps: readonly Step[], warnings: readonly string[] = []): ReleaseStatus => ({
  id: 'release/production/3f2c1ab4d5e6',
  kind: 'deploy',
  project: 'mailman',
  environment: 'production',
  summary: 'mailman 3f2c1ab → production',
  requestedBy: 'ann@laptop',
  startedAt: 0,
  steps,
  warnings,
})

const progress = (
  steps: readonly Step[],
  more: {
    warnings?: string[]
    pending?: Extract<FollowEvent, { kind: 'progress' }>['pending']
  } = {},
): Extract<FollowEvent, { kind: 'progress' }> => ({
  kind: 'progress',
  status: status(steps, more.warnings),
  pending: more.pending ?? [],
})

const building: Step = { name: 'build', subject: 'api', state: 'running', startedAt: 1_000 }
const built: Step = { ...building, state: 'done', endedAt: 13_300, note: 'in the engine' }
const waiting: Step = { name: 'wait', subject: 'api', state: 'running', startedAt: 20_000 }
const pendingWait = {
  activity: 'waitForRollout',
  attempt: 1,
  rollout: { service: 'api', summary: '1 of 2 tasks running', observedAt: 0 },
}

const retry = (attempt: number) =>
  progress([], { pending: [{ activity: 'pushImage', attempt, lastFailure: 'EOF\u0007' }] })

/** A terminal, or none, that keeps what is written to it. */
function screen(isTTY: boolean) {
  const written: string[] = []
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0
  return { written, screen: { write, isTTY, columns: 60, rows: 10 } }
}

describe('lines for logs', () => {
  test('each state of a step, each warning and each summary is told once', () => {
    const tell = changeTeller()
    const lines = [
      progress([building], { warnings: ['no load balancer'] }),
      progress([building], { warnings: ['no load balancer'] }),
      progress([built, waiting], { pending: [pendingWait] }),
      progress([built, waiting], { pending: [pendingWait] }),
    ].map((event) => tell(event).map(changeLine))
    assert.deepEqual(lines, [
      ['warning: no load balancer', 'build api …'],
      [],
      ['build api done in 12.3 s: in the engine', 'wait api …', 'api: 1 of 2 tasks running'],
      [],
    ])
  })

  test('why a step failed is told in short, since the result says it all', () => {
    const reason = `There is no service "mailman-app" in cluster "mailman". ${'Create it. '.repeat(20)}`
    const tell = changeTeller()
    const [[line = ''] = []] = [progress([{ ...built, state: 'failed', note: reason }])].map(
      (event) => tell(event).map(changeLine),
    )
    assert.match(line, /^build api failed after 12\.3 s: There is no service "mailman-app" .*…$/)
    assert.ok(line.length < 140, line)
  })

  test('a retry is told with its reason, each try once', () => {
    const tell = changeTeller()
    assert.deepEqual(
      [retry(1), retry(2), retry(2), retry(3)].map((event) => tell(event).map(changeLine)),
      [[], ['retrying push (try 2): EOF'], [], ['retrying push (try 3): EOF']],
    )
  })

  test('trouble says that the release goes on', () => {
    const tell = changeTeller()
    const [change] = tell({ kind: 'trouble', with: 'server', reason: 'ECONNREFUSED' })
    assert.match(change === undefined ? '' : changeLine(change), /the release goes on/)
  })
})

describe('the live table', () => {
  const options = { now: 30_000, spinner: '⠋', columns: 60, rows: 10, trouble: new Map() }

  test('shows what each step took, and what a waiting one sees', () => {
    const rows = frame(progress([built, waiting], { pending: [pendingWait] }), options)
    assert.deepEqual(rows.map(stripVTControlCharacters), [
      '✔ build api       12.3 s  in the engine',
      '⠋ wait api        10.0 s  1 of 2 tasks running',
    ])
  })

  test('never grows wider or higher than the terminal', () => {
    const long: Step = { ...built, note: 'x'.repeat(500) }
    const rows = frame(
      progress(
        Array.from({ length: 40 }, () => long),
        { warnings: ['y'.repeat(500)] },
      ),
      options,
    )
    assert.equal(rows.length, 10)
    for (const row of rows) assert.ok(stripVTControlCharacters(row).length <= 60, row)
    assert.match(rows.at(-1) ?? '', /^! y+…$/)
  })

  test('is drawn over itself on a terminal, and gives the cursor back', () => {
    const { written, screen: terminal } = screen(true)
    const display = openDisplay({ json: false }, terminal, {})
    display.show(progress([building]))
    display.show(progress([built]))
    display.close()
    const text = written.join('')
    assert.ok(text.includes('\u001b[1A'), 'moves up over the one line')
    assert.ok(text.endsWith('\u001b[?25h'))
  })

  test('is no table in CI or without a terminal, but lines that are only appended', () => {
    for (const [isTTY, environment] of [
      [true, { CI: 'true' }],
      [true, { TERM: 'dumb' }],
      [false, {}],
    ] as const) {
      const { written, screen: log } = screen(isTTY)
      const display = openDisplay({ json: false }, log, environment)
      display.show(progress([built]))
      display.close()
      assert.match(
        written.join(''),
        /^\d\d:\d\d:\d\d {2}build api done in 12\.3 s: in the engine\n$/,
      )
    }
  })

  test('is lines of JSON for programs', () => {
    const { written, screen: pipe } = screen(true)
    openDisplay({ json: true }, pipe, {}).show(progress([built]))
    assert.deepEqual(JSON.parse(written.join('')), { event: 'step', step: built })
  })
})

const entry: LedgerEntry = {
  id: 'release/production/3f2c1ab4d5e6',
  kind: 'deploy',
  commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
  subject: 'Add \u001b[31morganization id',
  requestedBy: 'ann@laptop',
  startedAt: 0,
  endedAt: 90_000,
  outcome: 'succeeded',
  message: '3f2c1ab is live in production.',
  services: [
    {
      name: 'api',
      ecsService: 'mailman-api',
      revision: {
        service: 'api',
        taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:8',
        digests: { api: `sha256:${'8'.repeat(64)}` },
        registered: true,
      },
      wayBack: {
        taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:7',
        digests: { api: `sha256:${'7'.repeat(64)}` },
        deploymentId: 'ecs-svc/7',
        standing: 'succeeded',
      },
      since: { release: 'release/production/older', at: 120_000 },
    },
  ],
}

const window = {
  kind: 'weekly',
  timeZone: 'UTC',
  days: [5],
  from: 16 * 60,
  to: 24 * 60,
  reason: 'weekend',
} as const

describe('what is watched', () => {
  test('fits a small terminal, and leaves alone what was there before', () => {
    const { written, screen: terminal } = screen(true)
    redrawer(terminal)(Array.from({ length: 9 }, (_, index) => `${index}`.repeat(70)).join('\n'))
    const text = written.join('')
    assert.ok(!text.includes('\u001b[3J'), 'what can be scrolled back to stays')
    const lines = stripVTControlCharacters(text).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => line[0]),
      ['0', '1', '2', '3', '…'],
    )
  })

  test('is printed again elsewhere where something has changed, and not for the time it takes', () => {
    const { written, screen: log } = screen(false)
    const redraw = redrawer(log)
    redraw('wait api, for 1 s', 'wait api')
    redraw('wait api, for 3 s', 'wait api')
    redraw('verify', 'verify')
    assert.deepEqual(written, ['wait api, for 1 s\n', 'verify\n'])
  })
})

describe('what people read', () => {
  test('of an environment: what is live by service, what runs, what ran', () => {
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
          paused: { by: 'bob', at: 0, reason: 'look' },
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
      /release\/production\/10 {2}deploy 9e8d7c6: Next {2}by ci .* needs an approval until 1970-01-01 00:00 UTC: slipway approve production/,
    )
    assert.match(text, /paused by bob: look\. Let it go on: slipway resume production/)
    assert.match(text, /^In a freeze window, fri 16:00–24:00 UTC \(weekend\): what starts now is/m)
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

  test('of a step that waits: what it saw last, in full, since a person may have to act', () => {
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

  test('of notifications: how many are on their way, and in full what nobody was told', () => {
    const { id: release } = entry
    const told = { event: 'outcome', release, to: 'slack (SLACK_WEBHOOK_URL)' }
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
          { ...told, since: 60_000 },
          { ...told, since: 0 },
        ],
        undelivered: [{ ...told, at: 0, reason }],
      },
      61_000,
    )
    assert.match(text, /Notifications on their way: 2, the oldest since 1970-01-01 00:00 UTC/)
    const line = `slack (SLACK_WEBHOOK_URL), outcome of ${release}, 1970-01-01 00:00 UTC: ${reason}`
    assert.ok(text.includes(`Nobody was told:\n  ${line}`), text)
  })

  test('of an outcome: what runs now, which after a rollback is what ran before', () => {
    const { services, message } = entry
    const base = { id: 'r', message, services, startedAt: 0, endedAt: 90_000, warnings: [] }
    assert.match(resultText({ ...base, outcome: 'succeeded' }), /mailman-api:8/)
    const back = resultText({ ...base, outcome: 'rolled_back', cause: 'Container api exited.' })
    assert.match(back, /mailman-api:7/)
    assert.match(back, /Cause: Container api exited\./)
    assert.doesNotMatch(resultText({ ...base, outcome: 'rollback_failed' }), /mailman-api:/)
    const lines = 'Building failed. Its last lines:\n#1 one\n#2 two'
    assert.ok(resultText({ ...base, outcome: 'rejected', message: lines }).includes(lines))
  })

  test('columns are as wide as what they hold, colours aside', () => {
    assert.equal(
      table([
        ['a', 'b'],
        ['\u001b[31mlong\u001b[39m', 'c'],
      ]),
      'a     b\n\u001b[31mlong\u001b[39m  c',
    )
  })
})
