import type { Client } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { UserError } from '../client/user-error.ts'
import { environmentStatus } from '../client/index.ts'

/**
 * The id of the running release of an environment, or else of its last one.
 *
 * @throws UserError if nothing has been released there
 */
export async function latestRelease(
  client: Client,
  spec: Pick<EnvironmentSpec, 'environment'>,
): Promise<string> {
  const status = await environmentStatus(client, spec)
  const id = status?.running?.id ?? status?.releases[0]?.id
  if (id !== undefined) return id
  throw new UserError(
    `Nothing has been released to ${spec.environment} yet. Deploy first: slipway deploy ${spec.environment}`,
  )
}
