import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CancelledFailure } from '@temporalio/common'
import { runChecks } from '../../activities/checks.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { targetWith } from '../unit/activities/targets.ts'
import { temporaryFolder } from './temporary-folder.ts'

const target = (commands: string[], timeoutMs = 60_000) =>
  targetWith({ checks: { commands, timeoutMs } })

describe('running checks', async () => {
  const folder = await temporaryFolder()

  const check = (commands: string[], timeoutMs?: number, onLog?: (message: string) => void) =>
    inActivity(
      () => runChecks(folder, target(commands, timeoutMs)),
      onLog === undefined ? {} : { onLog },
    )

  test('runs each command line in the checkout, by a shell, in order', async () => {
    const lines: string[] = []
    await check(['echo one > file && echo "a  b"', 'cat file >&2'], undefined, (m) => lines.push(m))
    assert.deepEqual(lines, ['checks: a  b', 'checks: one'])
  })

  test('fails at the first that fails, with its last lines, and runs no further one', async () => {
    await assert.rejects(
      check(['for i in $(seq 100); do echo line $i; done; exit 3', 'touch later']),
      (error: unknown) =>
        failsAs('ChecksFailed', 'exited with 3', 'line 61\n', /line 100$/)(error) &&
        !(error as Error).message.includes('line 60\n'),
    )
    assert.equal(existsSync(join(folder, 'later')), false)
  })

  test('ends everything that a check has started when the time is up', async () => {
    const started = Date.now()
    await assert.rejects(
      check(['sleep 987 & sleep 987'], 100),
      failsAs('ChecksFailed', '"sleep 987 & sleep 987"', 'was not done'),
    )
    assert.equal(Date.now() - started < 5_000, true)
  })

  test('does not wait for what a check leaves running, and ends it', async () => {
    const started = Date.now()
    await check(['sleep 600 &'])
    assert.equal(Date.now() - started < 5_000, true)
  })

  test('ends the check when the release is cancelled', async () => {
    let cancelled = false
    await assert.rejects(
      inActivity(() => runChecks(folder, target(['echo begun; exec sleep 600'])), {
        onHeartbeat: (_details, cancel) => {
          if (cancelled) return
          cancelled = true
          setImmediate(cancel)
        },
      }),
      CancelledFailure,
    )
  })

  test('keeps the credentials of the worker from the check, and nothing else', async () => {
    const variables = {
      AWS_SECRET_ACCESS_KEY: 'hunter2',
      TEMPORAL_API_KEY: 'hunter2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hunter2',
      DATABASE_URL: 'postgres://here',
    }
    Object.assign(process.env, variables)
    const lines: string[] = []
    try {
      await check(['env'], undefined, (message) => lines.push(message))
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name]
    }
    assert.equal(lines.join('\n').includes('hunter2'), false)
    assert.equal(lines.includes('checks: DATABASE_URL=postgres://here'), true)
    assert.equal(
      lines.some((line) => line.startsWith('checks: PATH=')),
      true,
    )
  })

  test('shows output without terminal controls, and long lines in pieces', async () => {
    const lines: string[] = []
    const long = `head -c 9000 /dev/zero | tr '\\0' x`
    await check([`printf '\\033[31mred\\033[0m\\rnext\\n'; ${long}`], undefined, (m) =>
      lines.push(m),
    )
    assert.deepEqual(lines.slice(0, 2), ['checks: red', 'checks: next'])
    assert.equal(lines.slice(2).join('').replaceAll('checks: ', '').length, 9_000)
  })
})
