import { readFile } from 'node:fs/promises'
import type { Client } from '@temporalio/client'
import { until } from '../../local/process/until.ts'

/** `PENDING_ACTIVITY_STATE_STARTED`, in the numbers of Temporal's wire protocol. */
const started = 2

const patience = 90_000

/** Waits until a worker has started an activity of a release, according to the server. */
export async function untilStarted(client: Client, release: string, activity: string) {
  await until(async () => Number((await pending(client, release, activity))?.state) === started, {
    what: `${activity} of ${release} to start`,
    timeoutMs: patience,
  })
}

/** Waits until an attempt of an activity of a release failed; returns the type of the failure. */
export async function untilFailedOnce(client: Client, release: string, activity: string) {
  let type: string | null | undefined
  await until(
    async () => {
      const failure = (await pending(client, release, activity))?.lastFailure
      type = failure?.applicationFailureInfo?.type
      return failure != null
    },
    { what: `${activity} of ${release} to fail`, timeoutMs: patience },
  )
  return type
}

async function pending(client: Client, release: string, activity: string) {
  const { raw } = await client.workflow.getHandle(release).describe()
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity)
}

/** Waits until a file, such as a log, contains a text. */
export async function untilWritten(file: string, text: string) {
  await until(async () => (await readFile(file, 'utf8')).includes(text), {
    what: `"${text}" in ${file}`,
    timeoutMs: patience,
  })
}

/** The control interface of the simulated AWS. */
export async function control(
  aws: string,
  method: 'DELETE' | 'GET' | 'POST' | 'PUT',
  resource: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${aws}/_simulator/${resource}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${resource}: ${await response.text()}`)
  return response.json()
}

/** Waits until a fault has hit all the calls that it was set for. */
export async function untilHit(aws: string, fault: unknown) {
  const { id } = fault as { id: string }
  await until(
    async () => {
      const { faults } = (await control(aws, 'GET', 'faults')) as { faults: { id: string }[] }
      return faults.every((one) => one.id !== id)
    },
    { what: 'the fault to hit', timeoutMs: patience },
  )
}
