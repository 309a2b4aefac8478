import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { AwsClients } from './clients.ts'

/**
 * The region and account that a worker uses, for messages about a missing resource: most often the
 * reader expected another region or account. Never fails.
 */
export async function locationOf(clients: AwsClients): Promise<string> {
  const region = await clients.ecs.config.region().catch(() => 'an unknown region')
  try {
    const { Account } = await clients.sts.send(new GetCallerIdentityCommand({}))
    return `region ${region}, account ${Account ?? 'unknown'}`
  } catch {
    return `region ${region}`
  }
}
