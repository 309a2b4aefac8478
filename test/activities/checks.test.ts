import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { CancelledFailure } from '@temporalio/common'
import { execa } from 'execa'
import { runChecks } from '../../activities/image/checks.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { specWith } from '../unit/environment-specs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const spec = (commands: string[], timeoutMs = 60_000) =>
  specWith({ checks: { commands, timeoutMs } })

/** Repeats a question until its answer is truthy. The test runner's timeout bounds it. */
async function until<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    await setImmediate()
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('running checks', async () => {
  const folder = temporaryFolder()

  const check = (commands: string[], timeoutMs?: number, onLog?: (message: string) => void) =>
    inActivity(
      () => runChecks(folder, spec(commands, timeoutMs)),
      onLog === undefined ? {} : { onLog },
    )

  test('runs the command lines in the checkout, in order, with a shell', async () => {
    const lines: string[] = []
    await check(['echo one > file && echo "a  b"', 'cat file >&2'], undefined, (m) => lines.push(m))
    assert.deepEqual(lines, ['checks: a  b', 'checks: one'])
  })

  test('stops at the first command that fails, and quotes its last lines', async () => {
    await assert.rejects(
      check(['for i in $(seq 100); do echo line $i; done; exit 3', 'touch later']),
      (error: unknown) =>
        failsAs('ChecksFailed', 'exited with 3', 'line 61\n', /line 100$/)(error) &&
        !(error as Error).message.includes('line 60\n'),
    )
    assert.equal(existsSync(join(folder, 'later')), false)
  })

  test('kills everything that a check started when the time is up', async () => {
    const started = Date.now()
    await assert.rejects(
      check(['sleep 987 & sleep 987'], 100),
      failsAs('ChecksFailed', '"sleep 987 & sleep 987"', 'did not finish'),
    )
    assert.equal(Date.now() - started < 5_000, true)
  })

  test('kills what a check leaves running, without waiting for it', async () => {
    const started = Date.now()
    await check(['sleep 600 &'])
    assert.equal(Date.now() - started < 5_000, true)
  })

  test('kills the check when the release is cancelled', async () => {
    let cancel: (() => void) | undefined
    const pids: number[] = []
    await assert.rejects(
      inActivity(() => runChecks(folder, spec(['sleep 600 & echo $!; exec sleep 600'])), {
        onHeartbeat: (_details, cancelActivity) => (cancel = cancelActivity),
        onLog: (message) => {
          pids.push(Number(message.replace('checks: ', '')))
          cancel?.()
        },
      }),
      CancelledFailure,
    )
    assert.equal(pids.length, 1)
    await until(() => !pids.some(isAlive))
  })

  test('leaves no check running when the worker is killed', async () => {
    const worker = execa('node', [join(import.meta.dirname, 'endless-check.ts'), folder], {
      reject: false,
    })
    const pid = Number(await until(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')))
    worker.kill('SIGKILL')
    await worker
    await until(() => !isAlive(pid))
  })

  test("hides only the worker's credentials from the check", async () => {
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

  test('removes terminal controls from the output, and splits long lines', async () => {
    const lines: string[] = []
    const long = `head -c 9000 /dev/zero | tr '\\0' x`
    await check([`printf '\\033[31mred\\033[0m\\rnext\\n'; ${long}`], undefined, (m) =>
      lines.push(m),
    )
    assert.deepEqual(lines.slice(0, 2), ['checks: red', 'checks: next'])
    assert.equal(lines.slice(2).join('').replaceAll('checks: ', '').length, 9_000)
  })
})
