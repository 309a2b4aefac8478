import type { ObservedService } from './observation.ts'

/** What ECS tells of in an event on the way to the end of a deployment, in the usual order. */
export const milestones = ['started', 'registered', 'stopped', 'draining'] as const

export type Milestone = (typeof milestones)[number]

/** When each was told of last, in milliseconds since the epoch. */
export type Passed = Readonly<Partial<Record<Milestone, number>>>

/** How long it was from each milestone to the end, in milliseconds, deployment by deployment. */
export type SpansToEnd = Readonly<Record<Milestone, readonly number[]>>

type Events = ObservedService['events']

/**
 * The texts are those of "Amazon ECS service event messages" in the ECS developer guide. Tasks that
 * go are told of twice where they have a load balancer.
 */
const texts: Readonly<Record<Milestone, RegExp>> = {
  started: /has started \d+ tasks/,
  registered: /registered \d+ targets in/,
  stopped: /has stopped \d+ running tasks/,
  draining: /has begun draining connections/,
}

/** The milestones of a deployment that began at `since`. */
export function passedSince(events: Events, since: number): Passed {
  const passed: Partial<Record<Milestone, number>> = {}
  for (const { at, message } of events) {
    const milestone = at < since ? undefined : milestoneIn(message)
    if (milestone !== undefined) passed[milestone] = Math.max(passed[milestone] ?? at, at)
  }
  return passed
}

/**
 * What the events tell of the deployments that completed before `until`: from the last time that a
 * milestone was passed on the way to the end. ECS keeps the newest 100 events of a service, which
 * hold some ten deployments of a few tasks each. Rollbacks are deployments, too; one that failed
 * has no such end.
 */
export function spansToEnd(events: Events, until: number): SpansToEnd {
  const spans = { started: [], registered: [], stopped: [], draining: [] } as Record<
    Milestone,
    number[]
  >
  let passed: Partial<Record<Milestone, number>> = {}
  let steady = false
  for (const { at, message } of events.toReversed()) {
    if (at >= until) break
    const milestone = milestoneIn(message)
    if (milestone !== undefined) {
      // What came before the steady state was no part of this deployment, but scaling, say.
      if (steady) passed = {}
      steady = false
      passed[milestone] = at
    } else if (message.endsWith('deployment completed.')) {
      for (const one of milestones) {
        const since = passed[one]
        if (since !== undefined) spans[one].push(at - since)
      }
      passed = {}
    } else if (/rolling back to deployment/.test(message)) passed = {}
    else if (/has reached a steady state/.test(message)) steady = true
  }
  return spans
}

function milestoneIn(message: string): Milestone | undefined {
  // "deregistered" holds "registered".
  if (/\bderegistered/.test(message)) return undefined
  return milestones.find((one) => texts[one].test(message))
}
