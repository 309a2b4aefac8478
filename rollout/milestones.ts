import type { ObservedService } from './observation.ts'

/** What ECS reports in events on the way to the end of a deployment, in the usual order. */
export const milestones = ['started', 'registered', 'stopped', 'draining'] as const

export type Milestone = (typeof milestones)[number]

/** When each was last reported, in milliseconds since the epoch. */
export type Passed = Readonly<Partial<Record<Milestone, number>>>

/** For each milestone, how long each deployment took from there to its end, in milliseconds. */
export type SpansToEnd = Readonly<Record<Milestone, readonly number[]>>

type Events = ObservedService['events']

/**
 * The texts are those of "Amazon ECS service event messages" in the ECS developer guide. With a load
 * balancer, ECS reports tasks that go twice.
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
 * The spans of the deployments that completed before `until`, each from the last time that a milestone
 * was reported to the end. ECS keeps the newest 100 events of a service, enough for some ten
 * deployments of a few tasks each. Rollbacks count as deployments; failed deployments do not count.
 */
export function spansToEnd(events: Events, until: number): SpansToEnd {
  const spans = { started: [], registered: [], stopped: [], draining: [] } as Record<
    Milestone,
    number[]
  >
  let passed: Partial<Record<Milestone, number>> = {}
  let isSteady = false
  for (const { at, message } of events.toReversed()) {
    if (at >= until) break
    const milestone = milestoneIn(message)
    if (milestone !== undefined) {
      // Anything before a steady state was not part of this deployment; it was scaling, for example.
      if (isSteady) passed = {}
      isSteady = false
      passed[milestone] = at
    } else if (message.endsWith('deployment completed.')) {
      for (const one of milestones) {
        const since = passed[one]
        if (since !== undefined) spans[one].push(at - since)
      }
      passed = {}
    } else if (/rolling back to deployment/.test(message)) passed = {}
    else if (/has reached a steady state/.test(message)) isSteady = true
  }
  return spans
}

function milestoneIn(message: string): Milestone | undefined {
  // "deregistered" contains "registered".
  if (/\bderegistered/.test(message)) return undefined
  return milestones.find((one) => texts[one].test(message))
}
