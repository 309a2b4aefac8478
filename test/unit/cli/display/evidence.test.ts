import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { explanationText } from '../../../../cli/display/explanation.ts'
import { resultText } from '../../../../cli/display/result.ts'
import { revisionsText } from '../../../../cli/display/revision-table.ts'
import { withLedger } from '../../../../client/list-revisions.ts'
import type { FailedTask } from '../../../../rollout/failed-tasks.ts'
import { releaseDetails } from '../../../../text/details.ts'
import type { ReleaseResult } from '../../../../contract/releases.ts'
import type { LedgerEntry } from '../../../../contract/environment.ts'

const arn = (revision: number) => `arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:${revision}`

const failed: FailedTask = {
  task: 'c'.repeat(32),
  taskDefinition: arn(8),
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  container: 'api',
  exitCode: 1,
  containerReason: '',
  health: 'Health checks failed with these codes: [404]',
  times: 3,
  logs: ['starting', 'panic: \u001b[31mno database | <b>'],
}

const { logs: _logs, ...withoutLogs } = failed

const result: ReleaseResult = {
  id: 'release/production/3f2c1ab4d5e6',
  outcome: 'rolled_back',
  message: 'api: the circuit breaker tripped. The previous release runs again.',
  cause: 'Container api exited with 1 in 3 tasks.',
  services: [],
  startedAt: 0,
  endedAt: 60_000,
  warnings: [],
  failedTasks: [failed, { ...withoutLogs, withoutLogs: 'no such group' }],
  unhealthyTargets: [
    { target: '10.0.0.1:80', targetGroupArn: 'tg', reason: 'Target.Timeout', description: '' },
  ],
}

const plainly = (text: string) => stripVTControlCharacters(text)

describe('the evidence of a failure', () => {
  test('is shown on the command line, with the log lines', () => {
    const text = plainly(resultText(result))
    assert.match(text, /mailman-api:8, container api exited with 1: .*\[404\] \(3 tasks/)
    assert.match(text, / {4}│ starting\n {4}│ panic: no database \| <b>/)
    assert.match(text, /without logs: no such group/)
    assert.match(text, /target 10\.0\.0\.1:80 is unhealthy: Target\.Timeout/)
  })

  test('is shown in the Temporal UI before the steps, within its 20 KB, as text and not as markup', () => {
    const logs = Array.from({ length: 20 }, (_, at) => `${at} ${'x'.repeat(490)}`)
    const details = releaseDetails({
      id: result.id,
      kind: 'deploy',
      project: 'mailman',
      environment: 'production',
      summary: '',
      requestedBy: 'ann',
      startedAt: 0,
      steps: [{ name: 'wait', state: 'failed', startedAt: 0 }],
      warnings: [],
      result: { ...result, failedTasks: Array.from({ length: 5 }, () => ({ ...failed, logs })) },
    })
    assert.ok(details.indexOf('Failed: mailman-api:8') < details.indexOf('| wait'))
    assert.ok(details.length < 20_000, `${details.length} characters`)
    // The last lines matter most.
    assert.match(details, /\n {4}19 x+\n/)
  })
})

test('a task that ECS stopped is explained by its health, not by the exit code of its container', () => {
  const stoppedReason = 'Task failed ELB health checks in (target-group tg)'
  const task = { ...failed, stopCode: 'ServiceSchedulerInitiated', stoppedReason, exitCode: 0 }
  const text = plainly(resultText({ ...result, failedTasks: [task] }))
  assert.ok(
    text.includes(
      `mailman-api:8, container api: Health checks failed with these codes: [404]; ${stoppedReason} (3 tasks`,
    ),
    text,
  )
})

describe('the explanation of a release', () => {
  const explanation = {
    id: result.id,
    startedAt: 0,
    endedAt: 60_000,
    steps: [
      { name: 'deploy', subject: 'api', state: 'done', startedAt: 2_000, endedAt: 3_000 },
      {
        name: 'wait',
        subject: 'api',
        state: 'failed',
        startedAt: 3_000,
        endedAt: 50_000,
        note: 'no',
      },
    ],
    warnings: ['first release'],
    requestedBy: 'ann@laptop',
    result,
  } as const

  test('shows what the release did and when, how it ended, and why', () => {
    const text = plainly(explanationText({ ...explanation, stepsFrom: 'release' }, 99_000))
    assert.match(text, /^rolled back {2}release\/production/)
    assert.match(text, /Cause: Container api exited with 1/)
    assert.match(text, /Started 1970-01-01 00:00 UTC, requested by ann@laptop/)
    assert.match(text, /\+2\.0 s +✔ +deploy api +1\.0 s/)
    assert.match(text, /\+3\.0 s +✖ +wait api +47\.0 s +no/)
    assert.match(text, /! first release/)
  })

  test('says that the release is running, and that it comes from the history alone', () => {
    const { result: _, endedAt: __, ...running } = explanation
    const text = plainly(explanationText({ ...running, stepsFrom: 'history' }, 90_000))
    assert.match(text, /^running {2}release\/production\/\S+ for 1 min 30 s/)
    assert.match(text, /No worker answered/)
  })
})

describe('the revisions of a service', () => {
  const known = [9, 8, 7].map((revision) => ({
    taskDefinition: arn(revision),
    status: 'ACTIVE',
    digests: { api: `sha256:${'a'.repeat(64)}` },
    isLive: revision === 9,
    isRollbackTarget: revision === 7,
    commit: `${revision}`.repeat(40),
    release: `release/production/${revision}`,
    deployedAt: revision * 60_000,
    deployment: 'SUCCESSFUL',
  }))
  const entry = {
    id: 'release/production/9',
    outcome: 'succeeded',
    services: [
      {
        name: 'api',
        rollbackTarget: { taskDefinition: arn(8), digests: {}, hasSucceeded: true },
      },
    ],
  } as unknown as LedgerEntry
  const status = {
    environment: 'production',
    project: 'mailman',
    waiting: [],
    superseded: [],
    controls: [],
    live: entry,
    releases: [{ ...entry, id: 'release/production/8', outcome: 'superseded' as const }],
  }

  test('show the outcome from the ledger rather than from ECS', () => {
    const text = plainly(revisionsText(withLedger(known, 'api', status)))
    assert.match(text, /live +mailman-api:9 +sha256:a{12} +9{7} +succeeded/)
    assert.match(text, /rollback target +mailman-api:8 .* superseded/)
    assert.doesNotMatch(text, /rollback target +mailman-api:7/)
  })

  test('show the live revision as the rollback target after a rollback that failed', () => {
    const [service] = entry.services
    assert.ok(service)
    const revision = { service: 'api', taskDefinition: arn(8), digests: {}, registered: true }
    const rollbackTarget = { ...service.rollbackTarget, taskDefinition: arn(7) }
    const live = { ...entry, services: [{ ...service, revision, rollbackTarget }] }
    const stuck = { ...entry, id: 'release/production/10', outcome: 'rollback_failed' as const }
    const after = { ...status, live, releases: [stuck, live] }
    const text = plainly(revisionsText(withLedger(known, 'api', after)))
    assert.match(text, /rollback target +mailman-api:8 /)
    assert.doesNotMatch(text, /rollback target +mailman-api:7/)
  })

  test('show what ECS knows if there is no ledger', () => {
    const text = plainly(revisionsText(withLedger(known, 'api', undefined)))
    assert.match(text, /rollback target +mailman-api:7 +\S+ +7{7} +succeeded +1970-01-01 00:07 UTC/)
  })
})
