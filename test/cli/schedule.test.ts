import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { msNumberToTs, tsToDate } from '@temporalio/common/lib/time.js'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { Schedule } from '../../client/schedules/schedules.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import { until } from '../workflows/environment-fixture.ts'
import { type Checkout, holdActivity, type CliFixture, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

const nightly = ['--cron', '0 3 * * *', '--time-zone', 'Europe/Berlin', '--redeploy'] as const

async function show(here: Checkout, name: string): Promise<Schedule> {
  const { stdout } = await here.slipway('schedule', 'show', here.environment, name, '--json')
  return JSON.parse(stdout) as Schedule
}

/** The times at which the server would run a schedule. */
async function runsBetween(scheduleId: string, from: string, to: string): Promise<string[]> {
  const { workflowService, options } = fixture.client
  const { startTime } = await workflowService.listScheduleMatchingTimes({
    namespace: options.namespace,
    scheduleId,
    startTime: msNumberToTs(Date.parse(from)),
    endTime: msNumberToTs(Date.parse(to)),
  })
  return (startTime ?? []).map((moment) => tsToDate(moment).toISOString())
}

function waitingIn(status: string): readonly string[] {
  return (JSON.parse(status) as EnvironmentStatus).waiting.map(({ id }) => id)
}

function schedulesIn(status: string): readonly Schedule[] {
  return (JSON.parse(status) as { readonly schedules: readonly Schedule[] }).schedules
}

describe('slipway schedule', { timeout: 180_000 }, () => {
  test('creates a schedule, shows and lists it with its next runs, and changes it in place', async () => {
    const here = await fixture.checkout('planned')
    const made = await here.slipway('schedule', 'create', 'planned', 'nightly', ...nightly)
    assert.equal(made.exitCode, 0, made.stderr)
    assert.match(made.stdout, /^Created:/)
    assert.match(made.stdout, /cron 0 3 \* \* \* \(Europe\/Berlin\)/)
    const { nextRuns, paused } = await show(here, 'nightly')
    assert.equal(paused, false)
    const hours = nextRuns.map((moment) =>
      new Date(moment).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' }).slice(0, 5),
    )
    assert.deepEqual(new Set(hours), new Set(['03:00']))
    const changed = await here.slipway(
      'schedule',
      'create',
      'planned',
      'nightly',
      '--every',
      '24h',
      '--deploy',
    )
    assert.match(changed.stdout, /^Changed:/)
    assert.match(changed.stdout, /rebuild and deploy of the default branch/)
    const list = await until(
      () => here.slipway('schedule', 'list', 'planned'),
      ({ stdout }) => /nightly/.test(stdout),
    )
    assert.match(list.stdout, /nightly +rebuild and deploy of the default branch +every 1 d 0 h/)
    const status = await here.slipway('status', 'planned')
    assert.match(status.stdout, /Scheduled:\n {2}nightly {2}\d{4}-.* UTC {2}rebuild and deploy of/)
    const { policies } = await fixture.client.schedule.getHandle('planned/nightly').describe()
    assert.deepEqual([policies.overlap, policies.catchupWindow], ['SKIP', 600_000])
  })

  test('delays runs within the jitter, and catches up within the given time', async () => {
    const here = await fixture.checkout('loose')
    const loose = ['--cron', '0 3 * * *', '--jitter', '30m', '--catch-up', '2h'] as const
    await here.slipway('schedule', 'create', 'loose', 'nightly', ...loose, '--redeploy')
    const { spec, policies } = await fixture.client.schedule.getHandle('loose/nightly').describe()
    assert.deepEqual([spec.jitter, policies.catchupWindow], [30 * 60_000, 2 * 60 * 60_000])
    const { when, nextRuns } = await show(here, 'nightly')
    assert.equal(when, 'cron 0 3 * * * (UTC), up to 30 min 0 s later')
    for (const moment of nextRuns) assert.match(moment, /T03:[0-2]\d:/)
    const minutely = ['--cron', '* * * * *', '--jitter', '10m', '--redeploy'] as const
    const often = await here.slipway('schedule', 'create', 'loose', 'often', ...minutely)
    assert.equal(often.exitCode, 0, 'two runs a minute apart stay two runs despite the jitter')
  })

  test('follows its time zone, also on the days when clocks change', async () => {
    const here = await fixture.checkout('dst')
    const zone = ['--time-zone', 'Europe/Berlin', '--redeploy'] as const
    await here.slipway('schedule', 'create', 'dst', 'early', '--cron', '0 4 * * *', ...zone)
    await here.slipway('schedule', 'create', 'dst', 'between', '--cron', '30 2 * * *', ...zone)
    const spring = ['2027-03-27T12:00:00Z', '2027-03-29T12:00:00Z'] as const
    const autumn = ['2027-10-30T12:00:00Z', '2027-11-01T12:00:00Z'] as const
    assert.deepEqual(await runsBetween('dst/early', ...spring), [
      '2027-03-28T02:00:00.000Z',
      '2027-03-29T02:00:00.000Z',
    ])
    assert.deepEqual(await runsBetween('dst/early', ...autumn), [
      '2027-10-31T03:00:00.000Z',
      '2027-11-01T03:00:00.000Z',
    ])
    // 02:30 does not occur on the first of these days. On the second it occurs twice, and counts once.
    assert.deepEqual(await runsBetween('dst/between', ...spring), ['2027-03-29T00:30:00.000Z'])
    assert.deepEqual(await runsBetween('dst/between', ...autumn), [
      '2027-10-31T01:30:00.000Z',
      '2027-11-01T01:30:00.000Z',
    ])
  })

  test('rejects times that are invalid or never occur, and keeps the existing schedule', async () => {
    const here = await fixture.checkout('wrong')
    await here.slipway('schedule', 'create', 'wrong', 'nightly', ...nightly)
    const earlier = await show(here, 'nightly')
    const create = ['schedule', 'create', 'wrong', 'nightly'] as const
    for (const [args, message] of [
      [['--cron', '61 * * * *', '--redeploy'], /Minute is not in range/],
      [['--cron', 'hello', '--redeploy'], /cannot be a schedule/],
      [['--cron', '0 0 30 2 *', '--redeploy'], /"0 0 30 2 \*" never comes/],
      [['--cron', '0 3 * * *', '--time-zone', 'Mars/Olympus', '--redeploy'], /Europe\/Berlin/],
      [['--cron', '@every 1s', '--redeploy'], /"@every 1s" comes more than once a minute/],
      [['--cron', '*/5 * * * * * *', '--redeploy'], /more than once a minute/],
      [
        ['--cron', 'CRON_TZ=Europe/Berlin 0 3 * * *', '--redeploy'],
        /contains a time zone.*--time-zone/,
      ],
      [['--cron', '0 3 * * *', '--time-zone', '+05:30', '--redeploy'], /time zone \+05:30/],
      [['--cron', '0 3 * * *', '--catch-up', '9s', '--redeploy'], /at least 10s/],
      [['--every', '5s', '--redeploy'], /at least 1m/],
      [['--every', '99999d', '--redeploy'], /at most 366d/],
      [['--every', '1h', '--time-zone', 'UTC', '--redeploy'], /--time-zone applies only to --cron/],
      [['--every', '1h', '--deploy', '--branch', ''], /name of a branch/],
      [['--every', '1h', '--cron', '0 3 * * *', '--redeploy'], /one of --cron and --every/],
      [['--every', '1h'], /one of --redeploy and --deploy/],
      [['--every', '1h', '--redeploy', '--branch', 'main'], /--branch applies only to --deploy/],
    ] as const) {
      const { exitCode, stderr } = await here.slipway(...create, ...args)
      assert.equal(exitCode, 2, stderr)
      assert.match(stderr, message)
    }
    assert.deepEqual(await show(here, 'nightly'), earlier)
    const left: string[] = []
    for await (const { scheduleId } of fixture.client.schedule.list()) left.push(scheduleId)
    assert.deepEqual(
      left.filter((id) => id.startsWith('check/')),
      [],
    )
  })

  test('pauses and resumes with a reason, and deletes; an unknown schedule is an error', async () => {
    const here = await fixture.checkout('steered')
    await here.slipway('schedule', 'create', 'steered', 'nightly', ...nightly)
    await here.slipway('schedule', 'pause', 'steered', 'nightly', '--reason', 'incident 42')
    const paused = await here.slipway('schedule', 'show', 'steered', 'nightly')
    assert.match(paused.stdout, /Paused: incident 42 \(by /)
    await here.slipway('schedule', 'create', 'steered', 'nightly', ...nightly)
    assert.equal((await show(here, 'nightly')).paused, true)
    const status = await until(
      () => here.slipway('status', 'steered', '--json'),
      ({ stdout }) => schedulesIn(stdout).length > 0,
    )
    const [listed] = schedulesIn(status.stdout)
    assert.deepEqual([listed?.name, listed?.paused], ['nightly', true])
    await here.slipway('schedule', 'resume', 'steered', 'nightly')
    assert.equal((await show(here, 'nightly')).paused, false)
    assert.equal((await here.slipway('schedule', 'delete', 'steered', 'nightly')).exitCode, 0)
    for (const verb of ['show', 'pause', 'resume', 'delete']) {
      const { exitCode, stderr } = await here.slipway('schedule', verb, 'steered', 'nightly')
      assert.equal(exitCode, 2)
      assert.match(stderr, /steered has no schedule "nightly"/)
    }
  })

  test('schedules of an environment that was removed from slipway.yaml are listed, paused and deleted', async () => {
    const here = await fixture.checkout('gone')
    await here.slipway('schedule', 'create', 'gone', 'nightly', ...nightly)
    const file = join(here.folder, 'slipway.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('  gone:', '  other:'))
    assert.equal((await here.slipway('status', 'gone')).exitCode, 2)
    await until(
      () => here.slipway('schedule', 'list', 'gone'),
      ({ stdout }) => stdout.includes('nightly'),
    )
    for (const verb of ['pause', 'show', 'delete']) {
      const { exitCode, stderr } = await here.slipway('schedule', verb, 'gone', 'nightly')
      assert.equal(exitCode, 0, stderr)
    }
    // The list lags behind by a moment. Without schedules, the unknown environment is an error.
    const { stderr } = await until(
      () => here.slipway('schedule', 'list', 'gone'),
      ({ exitCode }) => exitCode === 2,
    )
    assert.match(stderr, /gone.*other/s)
  })

  test('a run waits its turn in a busy environment, and no second run starts meanwhile', async () => {
    const here = await fixture.checkout('busy')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      await here.slipway('schedule', 'create', 'busy', 'nightly', ...nightly)
      await here.slipway('deploy', 'busy', '--no-wait')
      await held.started
      // As if it were 3 a.m. every second.
      const handle = fixture.client.schedule.getHandle('busy/nightly')
      await handle.update((whole) => {
        const { searchAttributes: _, ...schedule } = whole
        return {
          ...schedule,
          spec: { intervals: [{ every: 1_000 }] },
        }
      })
      await until(
        () => here.slipway('status', 'busy', '--json'),
        ({ stdout }) => waitingIn(stdout).some((id) => id.startsWith('release/busy/redeploy-')),
      )
      await until(
        () => handle.describe(),
        ({ info }) => info.numActionsSkippedOverlap > 1,
      )
      await here.slipway('schedule', 'pause', 'busy', 'nightly')
      const triggered = await here.slipway('schedule', 'trigger', 'busy', 'nightly')
      assert.equal(triggered.exitCode, 2)
      assert.match(triggered.stderr, /has not ended yet/)
      const typo = await here.slipway('schedule', 'trigger', 'busy', 'nightli')
      assert.match(typo.stderr, /busy has no schedule "nightli"/)
      held.finish({ kind: 'succeeded', basis: 'deployments', summary: '' })
      const { lastRuns } = await until(
        () => show(here, 'nightly'),
        (schedule) => schedule.lastRuns[0]?.outcome !== 'running',
      )
      assert.deepEqual(
        lastRuns.map(({ outcome }) => outcome),
        ['succeeded'],
      )
      const again = await here.slipway('schedule', 'trigger', 'busy', 'nightly')
      assert.equal(again.exitCode, 0, again.stderr)
      await until(
        () => show(here, 'nightly'),
        (schedule) => schedule.lastRuns.filter((run) => run.outcome === 'succeeded').length === 2,
      )
    })
  })
})
