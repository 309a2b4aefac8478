import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReleaseResult } from '../../../../contract/releases.ts'
import { jsonBytes } from '../../../../contract/size.ts'
import type { FailedTask } from '../../../../rollout/failed-tasks.ts'
import { boundResult } from '../../../../workflows/release/bound-result.ts'

const result: ReleaseResult = {
  id: 'release/production/3f2c1ab4d5e6',
  outcome: 'rolled_back',
  message: 'The api is unhealthy.',
  services: [],
  startedAt: 1,
  endedAt: 2,
  warnings: [],
}
const task: FailedTask = {
  task: 'a'.repeat(32),
  taskDefinition: 'mailman-api:8',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containerReason: '',
  times: 3,
}
const worst = '\0'.repeat(30_000)

test('each text of a result is bounded in bytes, and so is the result as a whole', () => {
  const failed = {
    ...task,
    stoppedReason: worst,
    containerReason: worst,
    container: worst,
    health: worst,
    withoutLogs: worst,
    logs: Array.from({ length: 20 }, () => worst),
  }
  const target = { target: worst, targetGroupArn: worst, reason: worst, description: worst }
  const worstOf: Readonly<Record<string, Partial<ReleaseResult>>> = {
    message: { message: worst },
    cause: { cause: worst },
    warnings: { warnings: Array.from({ length: 500 }, () => worst) },
    tasks: { failedTasks: Array.from({ length: 5 }, () => failed) },
    targets: { unhealthyTargets: Array.from({ length: 5 }, () => target) },
  }
  for (const [field, change] of Object.entries(worstOf)) {
    const bytes = jsonBytes(boundResult({ ...result, ...change }))
    assert.ok(bytes < 72 * 1024, `${field}: ${bytes}`)
  }
  const all = boundResult(Object.assign({}, result, ...Object.values(worstOf)))
  assert.ok(jsonBytes(all) < 128 * 1024, `${jsonBytes(all)}`)
})

test('the last log lines of a task and the last warnings are kept, and the others are counted', () => {
  const logs = Array.from({ length: 40 }, (_, at) => `${at} ${'x'.repeat(900)}`)
  const bounded = boundResult({ ...result, failedTasks: [{ ...task, logs }] })
  const kept = bounded.failedTasks?.[0]?.logs ?? []
  assert.ok(kept.length > 0 && kept.length < 40)
  assert.deepEqual(kept, logs.slice(-kept.length))
  const warnings = Array.from({ length: 100 }, (_, at) => `${at} ${'w'.repeat(900)}`)
  const [counted, ...last] = boundResult({ ...result, warnings }).warnings
  assert.equal(Number(/^(\d+) earlier/.exec(counted ?? '')?.[1]) + last.length, 100)
  assert.deepEqual(last, warnings.slice(-last.length))
})

test('a result of usual size stays as it is', () => {
  const usual = { ...result, cause: 'It exited with 1.', warnings: ['w'], failedTasks: [task] }
  assert.deepEqual(boundResult(usual), usual)
})
