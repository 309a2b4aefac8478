import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AccountRequest, AccountResponse, Rollout } from './account.ts'

/** AWS accounts with services that are about to be deployed. */
export interface Accounts {
  readonly urls: readonly string[]
  deploy(): Promise<readonly Rollout[]>
  /** When each rollout ended, by the ARN of its service deployment; 0 while it runs. */
  ends(): Promise<Readonly<Record<string, number>>>
  /** Calls to all accounts so far by `service:operation`, and those that were throttled. */
  calls(): Promise<{ readonly made: Counts; readonly throttled: Counts }>
  close(): Promise<void>
}

export type Counts = Readonly<Record<string, number>>

export async function openAccounts(
  options: Omit<Extract<AccountRequest, { kind: 'open' }>, 'kind'>,
): Promise<Accounts> {
  const child = fork(new URL('account.ts', import.meta.url), { stdio: 'inherit' })
  const failed = once(child, 'exit').then(() => {
    throw new Error('The process of the simulated accounts exited.')
  })
  failed.catch(() => {})
  async function ask<Kind extends AccountResponse['kind']>(request: AccountRequest, kind: Kind) {
    const responded = once(child, 'message') as Promise<[AccountResponse]>
    child.send(request)
    const [response] = await Promise.race([responded, failed])
    if (response.kind !== kind) throw new Error(`Expected ${kind}, but got ${response.kind}.`)
    return response as Extract<AccountResponse, { kind: Kind }>
  }
  const { urls } = await ask({ kind: 'open', ...options }, 'open')
  return {
    urls,
    deploy: async () => (await ask({ kind: 'deploy' }, 'deployed')).rollouts,
    ends: async () => (await ask({ kind: 'ends' }, 'ends')).ends,
    async calls() {
      const states = await Promise.all(
        urls.map(async (url) => {
          const response = await fetch(`${url}/_simulator/state`)
          return (await response.json()) as { calls: Counts; throttled: Counts }
        }),
      )
      return {
        made: added(states.map(({ calls }) => calls)),
        throttled: added(states.map(({ throttled }) => throttled)),
      }
    },
    async close() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

function added(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {}
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) {
    sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}
