import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { AwsClients } from './clients.ts'

/**
 * Where a worker looked, for messages about something that is not there: most often the region or
 * the account is another one than the reader thinks. Never fails.
 */
export async function placeOf(clients: AwsClients): Promise<string> {
  const region = await clients.ecs.config.region().catch(() => 'an unknown region')
  try {
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}))
    return `region ${region}, account ${Account ?? 'unknown'}`
  } catch {
    return `region ${region}`
  }
}
