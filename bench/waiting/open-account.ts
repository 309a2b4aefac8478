import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Answer, Ask, Rollout } from './account.ts'

/** An AWS account with services that are about to be deployed. */
export interface Account {
  readonly url: string
  deploy(): Promise<readonly Rollout[]>
  /** When each rollout has ended, by the ARN of its service deployment; 0 for one that has not. */
  ends(): Promise<Readonly<Record<string, number>>>
  /** Calls so far by `service:operation`, and those that were throttled. */
  calls(): Promise<{ readonly made: Counts; readonly throttled: Counts }>
  close(): Promise<void>
}

export type Counts = Readonly<Record<string, number>>

export async function openAccount(options: Omit<Extract<Ask, { kind: 'open' }>, 'kind'>) {
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
  const { url } = await ask({ kind: 'open', ...options }, 'open')
  const account: Account = {
    url,
    deploy: async () => (await ask({ kind: 'deploy' }, 'deployed')).rollouts,
    ends: async () => (await ask({ kind: 'ends' }, 'ends')).ends,
    async calls() {
      const state = (await (await fetch(`${url}/_simulator/state`)).json()) as {
        calls: Counts
        throttled: Counts
      }
      return { made: state.calls, throttled: state.throttled }
    },
    async close() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
  return account
}
