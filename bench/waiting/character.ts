import { createHash } from 'node:crypto'
import type { Behaviour } from '../../simulator/runtime/scripted.ts'
import type { TaskSpec } from '../../simulator/runtime/types.ts'

/** How the rollouts of a service behave. Times are in milliseconds; AWS's own come on top. */
export interface Character {
  readonly tasks: number
  /** Its newest revision crashes, and ECS rolls it back. */
  readonly fails: boolean
  readonly pullMs: number
  readonly startMs: number
  readonly stopMs: number
  readonly checkEverySeconds: number
  readonly checks: number
  readonly drainSeconds: number
}

/** A pull or a stop varies by up to this share from one task to the next. */
export const jitter = 0.2

/** One in this many services fails. */
const oneFailsIn = 8

const healthChecks = [
  { checkEverySeconds: 10, checks: 2 },
  { checkEverySeconds: 10, checks: 3 },
  { checkEverySeconds: 15, checks: 2 },
  { checkEverySeconds: 30, checks: 2 },
  { checkEverySeconds: 15, checks: 3 },
] as const

/** A good rollout takes 100 to 250 s, all lengths equally likely, plus or minus `jitter`. */
const shortestMs = 105_000
const longestMs = 240_000

/** ECS's own part: it places a task, registers it, and waits before it completes the deployment. */
const byEcsMs = 37_000

/** Services differ from each other, but each is the same in every run of the bench. */
export function characterOf(service: string): Character {
  const number = Number(service.split('-').at(-1))
  const between = (least: number, most: number, salt: string) =>
    least + (most - least) * share(`${salt} ${number}`)
  // Spreads any number of services evenly over the lengths, in no order.
  const place = (number * 0.618_033_988_75) % 1
  const check = healthChecks[number % healthChecks.length] ?? healthChecks[0]
  const startMs = between(1_000, 4_000, 'start')
  const stopMs = between(1_000, 8_000, 'stop')
  const checksMs = check.checkEverySeconds * (check.checks - 1) * 1_000
  const lengthMs = shortestMs + place * (longestMs - shortestMs)
  const restMs = lengthMs - byEcsMs - checksMs - startMs - stopMs
  const pullMs = restMs * between(0.3, 0.6, 'pull')
  const fails = number % oneFailsIn === 5
  return {
    tasks: 1 + (number % 2),
    fails,
    // Crashing tasks start quickly, or waiting for the third crash would take too long.
    pullMs: fails ? 8_000 : pullMs,
    startMs,
    stopMs,
    ...check,
    drainSeconds: Math.round((restMs - pullMs) / 1_000),
  }
}

/** The behaviour of one task. Only revision `app:<newest>` may crash. */
export function behaviourOf({ id, service, taskDefinition }: TaskSpec, newest: number): Behaviour {
  const { pullMs, startMs, stopMs, fails } = characterOf(service)
  const about = (ms: number, salt: string) => ms * (1 + jitter * (2 * share(salt + id) - 1))
  return {
    pullMs: about(pullMs, 'pull'),
    startMs,
    stopMs: about(stopMs, 'stop'),
    ...(fails && taskDefinition === `app:${newest}` ? { exits: { afterMs: 3_000 } } : {}),
  }
}

/** A number from 0 to 1 that depends only on the text. */
function share(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32
}
