import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openJob } from '../../../../cli/github/job.ts'
import { setOutputs } from '../../../../cli/github/step-files.ts'
import { environmentLink, id, rolledBack, status, stepFiles } from './job-fixture.ts'

describe('the page of a job of GitHub Actions', () => {
  test('gets one error for a failed release, each warning once, and two outputs', async () => {
    const { environment, summary, outputs } = stepFiles()
    const sent: string[] = []
    const job = openJob(
      { id, environment: 'production', link: { environment: environmentLink } },
      environment,
      (line) => sent.push(line),
    )
    const warnings = rolledBack.warnings
    job?.show({ kind: 'progress', status: { ...status, warnings }, pending: [] })
    job?.show({ kind: 'progress', status: { ...status, warnings }, pending: [] })
    job?.ended(rolledBack, false)
    assert.deepEqual(sent, [
      '::warning title=slipway production::the circuit breaker of api is off',
      `::error title=rolled back%3A ${id}::api did not become healthy. The previous release runs again.%0A` +
        'Cause: Container api exited with 1: 100%25 sure,%0Asee `::error::`',
    ])
    assert.match(await summary(), /rolled back after/)
    assert.deepEqual(await outputs(), { release: id, outcome: 'rolled_back' })
  })

  test('gets no error for an expected outcome', async () => {
    const { environment, outputs } = stepFiles()
    const sent: string[] = []
    const job = openJob(
      { id, environment: 'production', link: { environment: environmentLink } },
      environment,
      (line) => sent.push(line),
    )
    job?.ended({ ...rolledBack, warnings: [] }, true)
    assert.deepEqual(sent, [])
    assert.equal((await outputs())['outcome'], 'rolled_back')
  })

  test('does not say that the release continues when a job that builds is interrupted', async () => {
    const { environment, summary } = stepFiles()
    const sent: string[] = []
    const release = { id, environment: 'production', link: { environment: environmentLink } }
    const afterStopping = 'Nobody builds it: it ends as `rejected`.'
    openJob({ ...release, afterStopping }, environment, (line) => sent.push(line))?.stoppedWaiting(
      'interrupted',
    )
    assert.match(sent.join('\n'), /^::warning title=interrupted%3A .*::Nobody builds it: it ends/)
    assert.match(
      await summary(),
      /: has not ended, .*\n\n- Nobody builds it: it ends as \\`rejected/,
    )
    assert.doesNotMatch(sent.join('') + (await summary()), /continues/)
  })

  test('gets no output from the value of another', async () => {
    const { environment, outputs } = stepFiles()
    setOutputs({ release: 'x\noutcome<<EOF\nsucceeded\nEOF' }, environment)
    assert.deepEqual(Object.keys(await outputs()), ['release'])
  })

  test('does not exist outside GitHub Actions', () => {
    assert.equal(
      openJob({ id, environment: 'production', link: { environment: environmentLink } }, {}),
      undefined,
    )
  })
})
