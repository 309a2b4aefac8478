import type { Client } from '@temporalio/client'
import { releaseWorkflow } from '../contract/messages.ts'
import { isOutcome, type Outcome } from '../contract/outcome.ts'
import type { ReleaseMemo } from '../contract/releases.ts'
import type { ReleaseRequest } from '../contract/requests.ts'
import { environmentKey, outcomeKey } from '../contract/search-attributes.ts'
import { type AbortOptions, abortable } from './temporal/abort.ts'
import { explainingErrors } from './temporal/call.ts'
import { allOf, includes, isAfter } from './temporal/list-filter.ts'

/** A release that has ended, as Temporal's visibility lists it. Milliseconds since the epoch. */
export interface EndedRelease {
  readonly id: string
  readonly kind: ReleaseRequest['kind']
  readonly outcome: Outcome
  readonly startedAt: number
  readonly endedAt: number
  readonly committedAt?: number
}

/**
 * The releases of an environment that have ended since a time, from Temporal's visibility.
 *
 * @param since milliseconds since the epoch
 */
export function endedReleases(
  client: Client,
  environment: string,
  since: number,
  options: AbortOptions = {},
): Promise<readonly EndedRelease[]> {
  const query = allOf(
    includes('WorkflowType', releaseWorkflow),
    includes(environmentKey.name, environment),
    isAfter('CloseTime', since),
  )
  return explainingErrors(options, () =>
    abortable(client, options.signal, () => listEnded(client, environment, query)),
  )
}

async function listEnded(
  client: Client,
  environment: string,
  query: string,
): Promise<readonly EndedRelease[]> {
  const found: EndedRelease[] = []
  for await (const info of client.workflow.list({ query })) {
    if (info.typedSearchAttributes.get(environmentKey) !== environment) continue
    const outcome = info.typedSearchAttributes.get(outcomeKey)
    // A terminated release has none.
    if (!isOutcome(outcome) || info.closeTime === undefined) continue
    const memo = (info.memo ?? {}) as Partial<ReleaseMemo>
    found.push({
      id: info.workflowId,
      kind: memo.kind ?? 'deploy',
      outcome,
      startedAt: info.startTime.getTime(),
      endedAt: info.closeTime.getTime(),
      ...(memo.committedAt === undefined ? {} : { committedAt: memo.committedAt }),
    })
  }
  return found
}
