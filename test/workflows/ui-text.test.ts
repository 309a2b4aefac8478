import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import * as protocol from '../../contract/messages.ts'
import * as attributes from '../../contract/search-attributes.ts'
import { startEnvironmentHarness, until, withEnvironment } from './environment-fixture.ts'
import { commit } from './fixtures.ts'
import { startScheduledRun } from './scheduled-run.ts'

/** What people read in the Temporal UI without opening an event. */

const harness = await startEnvironmentHarness()
after(() => harness.close())

/** Markers of `patched()` have no summary. */
function localActivity(marker: { markerName?: string | null } | null | undefined) {
  return marker?.markerName === 'core_local_activity' ? marker : undefined
}

/** The summary of each event that may have one, in order; empty where it has none. */
async function summariesOf(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory()
  return (events ?? []).flatMap((event) => {
    const summarized =
      event.activityTaskScheduledEventAttributes ??
      localActivity(event.markerRecordedEventAttributes) ??
      event.timerStartedEventAttributes ??
      event.startChildWorkflowExecutionInitiatedEventAttributes
    if (summarized === undefined || summarized === null) return []
    const { summary } = event.userMetadata ?? {}
    return [summary ? defaultPayloadConverter.fromPayload<string>(summary) : '']
  })
}

test('a release, its steps and what it waits for have summaries', async () => {
  const approval = { timeoutMs: 600_000 }
  await withEnvironment(
    harness,
    {},
    async (environment) => {
      const environmentName = environment.spec.environment
      const accepted = await environment.deploy(commit)
      const waiting = await until(
        () => summariesOf(environment.handle),
        (all) => all.length > 0,
      )
      assert.deepEqual(waiting, [`the approval of ${accepted.releaseId} expires`])
      await environment.handle.executeUpdate(protocol.controlUpdates.approve, { args: [{}] })
      await environment.end(accepted)

      const line = `mailman 3f2c1ab → ${environmentName}: Add organization id to inboxes`
      assert.ok((await summariesOf(environment.handle)).includes(line))
      const release = environment.release(accepted)
      const described = await release.describe()
      assert.equal(await described.staticSummary(), line)
      const found = described.typedSearchAttributes
      assert.deepEqual(
        Object.keys(attributes.searchAttributes).toSorted(),
        found
          .getAll()
          .map(({ key }) => key.name)
          .filter((name) => name.startsWith('Slipway'))
          .toSorted(),
      )
      assert.equal(found.get(attributes.summaryKey), line)
      assert.equal(found.get(attributes.projectKey), 'mailman')
      assert.equal(found.get(attributes.environmentKey), environmentName)
      assert.deepEqual(found.get(attributes.servicesKey), ['api', 'worker'])
      assert.equal(found.get(attributes.commitKey), commit)
      assert.equal(found.get(attributes.requestedByKey), 'ann@laptop')
      assert.equal(found.get(attributes.outcomeKey), 'succeeded')

      const steps = await summariesOf(release)
      assert.ok(steps.length >= 10, steps.join())
      assert.ok(!steps.includes(''), steps.join())
    },
    { approval },
  )
})

/** What the Temporal UI shows as current details. */
async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const { currentDetails } = await handle.query<{ currentDetails?: string }>(
    '__temporal_workflow_metadata',
  )
  return (currentDetails ?? '').replaceAll(/[^\S\n]+/g, ' ')
}

test('the details of a release have its steps, digests and cause; those of an environment its outcome', async () => {
  const unhealthy: RolloutEnd = {
    kind: 'rolled_back',
    reason: 'ECS went back',
    cause: 'It exits with 1.',
  }
  await withEnvironment(harness, { waitForRollout: async () => unhealthy }, async (environment) => {
    const accepted = await environment.deploy(commit)
    await environment.end(accepted)
    const release = await detailsOf(environment.release(accepted))
    assert.match(release, /^\*\*rolled back\*\*: .*ECS went back/)
    assert.match(release, /Cause: It exits with 1\./)
    assert.match(release, /\| push api \| done \| [\d:]+ \| [\d.]+s \| sha256:\w{12} \|/)
    assert.match(release, /\| wait api \| \*\*failed\*\* \|/)
    assert.match(release, /\| api \| mailman-api:8 \| .* \| mailman-api:7 \|/)
    const details = await detailsOf(environment.handle)
    assert.match(details, new RegExp(`\\| ${accepted.releaseId} \\| .* \\| rolled back \\|`))
  })
})

test('a run of a schedule has summaries of what it waits for', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    const environmentName = environment.spec.environment
    const run = await startScheduledRun(harness, environment, { kind: 'redeploy' })
    await run.result()
    const summaries = await until(
      () => summariesOf(run),
      (all) => all.length > 0,
    )
    assert.ok(summaries.includes(`time limit for environment/${environmentName}`), summaries.join())
    assert.ok(!summaries.includes(''), summaries.join())
  })
})
