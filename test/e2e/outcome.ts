import assert from 'node:assert/strict'
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client'
import { exitStatus, type Outcome } from '../../contract/outcome.ts'
import { until } from '../../local/process/until.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import type { ExampleEnvironment, CommandEnd } from './example-environment.ts'
import type { LocalStack } from './local-stack.ts'

/**
 * Waits for the end of a release, and asserts that every place reports the same outcome: in the
 * workflow's result or failure, its search attribute, the exit status of the command that waited,
 * and the ledger that `slipway status` prints.
 *
 * @param expected.command the command that waited. Default: `slipway wait`, run here
 */
export async function assertOutcome(
  stack: LocalStack,
  example: ExampleEnvironment,
  expected: { readonly id: string; readonly outcome: Outcome; readonly command?: CommandEnd },
): Promise<ReleaseResult> {
  const { id, outcome } = expected
  const command = expected.command ?? (await example.slipway('wait', id, '--json'))
  assert.equal(command.exitCode, exitStatus[outcome], command.output)
  assert.equal(resultIn(command).outcome, outcome)

  const result = await workflowEnd(stack, id, outcome)
  await until(() => isListed(stack, id, outcome), {
    what: `${id} to be listed as ${outcome}`,
    timeoutMs: 30_000,
  })
  await untilInLedger(example, id)
  const status = await example.slipway('status', example.environment, '--json')
  assert.equal(status.exitCode, 0, status.output)
  const { releases } = status.documents[0] as EnvironmentStatus
  const entry = releases.find((release) => release.id === id)
  assert.equal(entry?.outcome, outcome)
  assert.deepEqual(entry?.services, result.services)
  return result
}

/** The last line of a command that waited with `--json`. */
export function resultIn({ documents, output }: CommandEnd): ReleaseResult {
  const last = documents.at(-1) as (ReleaseResult & { event?: string }) | undefined
  assert.equal(last?.event, 'result', output)
  return last
}

/** Waits until a release is in the ledger: the environment may reject requests before. */
export async function untilInLedger(example: ExampleEnvironment, id: string): Promise<void> {
  await until(
    async () => {
      const { running, releases } = await example.status()
      return running === undefined && releases.some((release) => release.id === id)
    },
    { what: `${id} to be in the ledger`, timeoutMs: 180_000 },
  )
}

/** Waits for the release that the environment begins after `after` others; returns its id. */
export async function nextRelease(example: ExampleEnvironment, after: number): Promise<string> {
  let id: string | undefined
  await until(
    async () => {
      const { running, releases } = await example.status()
      id = running?.id ?? (releases.length > after ? releases[0]?.id : undefined)
      return id !== undefined
    },
    { what: `release ${after + 1} of ${example.environment} to begin`, timeoutMs: 60_000 },
  )
  return id ?? assert.fail()
}

/** The good outcomes are results; all others are failures, with the outcome as their type. */
async function workflowEnd(
  stack: LocalStack,
  id: string,
  outcome: Outcome,
): Promise<ReleaseResult> {
  const handle = stack.temporal.workflow.getHandle(id)
  let result: ReleaseResult
  try {
    result = (await handle.result()) as ReleaseResult
    assert.ok(outcome === 'succeeded' || outcome === 'unchanged', `${id} did not fail`)
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)
    assert.equal(error.cause.type, outcome, error.cause.message)
    result = error.cause.details?.[0] as ReleaseResult
  }
  assert.equal(result.outcome, outcome, result.message)
  return result
}

async function isListed(stack: LocalStack, id: string, outcome: Outcome): Promise<boolean> {
  const query = `WorkflowId = "${id}" AND SlipwayOutcome = "${outcome}"`
  const { count } = await stack.temporal.workflow.count(query)
  return count === 1
}
