import type { AwsClients } from '../aws/clients.ts'
import { createPoller, type Poller } from './poller.ts'

const pollers = new WeakMap<AwsClients, Poller>()

/** The one poller of an account and region: whoever waits with the same clients shares it. */
export function pollerOf(clients: AwsClients): Poller {
  const poller = pollers.get(clients) ?? createPoller(clients)
  pollers.set(clients, poller)
  return poller
}
