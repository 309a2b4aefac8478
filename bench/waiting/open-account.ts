import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Answer, Ask, Rollout } from './account.ts'

/** AWS accounts with services that are about to be deployed. */
export interface Accounts {
  readonly urls: readonly string[]
  deploy(): Promise<readonly Rollout[]>
  /** When each rollout has ended, by the ARN of its service deployment; 0 for one that has not. */
  ends(): Promise<Readonly<Record<string, number>>>
  /** Calls of all accounts so far by `service:operation`, and those that were throttled. */
  calls(): Promise<{ readonly made: Counts; readonly throttled: Counts }>
  close(): Promise<void>
}

export type Counts = Readonly<Record<string, number>>

export async function openAccounts(
  options: Omit<Extract<Ask, { kind: 'open' }>, 'kind'>,
): Promise<Accounts> {
  const child = fork(new URL('account.ts', import.meta.url), { stdio: 'inherit' })
  const failed = once(child, 'exit').then(() => {
    throw new Error('The simulator has ended.')
  })
  failed.catch(() => {})
  async function ask<Kind extends Answer['kind']>(question: Ask, kind: Kind) {
    const answered = once(child, 'message') as Promise<[Answer]>
    child.send(question)
    const [answer] = await Promise.race([answered, failed])
    if (answer.kind !== kind) throw new Error(`Asked for ${kind}, and got ${answer.kind}.`)
    return answer as Extract<Answer, { kind: Kind }>
  }
  const { urls } = await ask({ kind: 'open', ...options }, 'open')
  return {
    urls,
    deploy: async () => (await ask({ kind: 'deploy' }, 'deployed')).rollouts,
    ends: async () => (await ask({ kind: 'ends' }, 'ends')).ends,
    async calls() {
      const states = await Promise.all(
        urls.map(async (url) => {
          const answer = await fetch(`${url}/_simulator/state`)
          return (await answer.json()) as { calls: Counts; throttled: Counts }
        }),
      )
      return {
        made: added(states.map(({ calls }) => calls)),
        throttled: added(states.map(({ throttled }) => throttled)),
      }
    },
    async close() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
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
