import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { EnvironmentSpec } from '../../../../../contract/environment-spec.ts'
import { outcomes, type Outcome } from '../../../../../contract/outcome.ts'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control } from '../../../../../workflows/environment/state/controls.ts'
import {
  notificationsOf,
  type InProgress,
  type EnvironmentSnapshot,
} from '../../../../../workflows/environment/state/notifications.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import {
  afterTimer,
  endWaiting,
  nextToStart,
  withoutWaiting,
} from '../../../../../workflows/environment/state/queue.ts'
import { withEntry } from '../../../../../workflows/environment/state/ledger.ts'
import type { RunningRelease } from '../../../../../contract/environment.ts'
import { deployOf, specFor } from '../../../../workflows/fixtures.ts'

/** What may happen to an environment, in any order; what cannot be done just then is passed over. */
type Happening =
  | { readonly kind: 'ask'; readonly number: number; readonly isCareful: boolean }
  | { readonly kind: 'approve' | 'reject' | 'cancel' }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'begin' | 'begun' | 'not begun' }
  | { readonly kind: 'end'; readonly outcome: Outcome }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    number: fc.integer({ min: 0, max: 9 }),
    isCareful: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('approve', 'reject', 'cancel') }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constantFrom('begin', 'begun', 'begun', 'not begun') }),
  fc.record({ kind: fc.constant('end' as const), outcome: fc.constantFrom(...outcomes) }),
)

function specOf(
  policy: EnvironmentSpec['admission']['policy'],
  isCareful: boolean,
): EnvironmentSpec {
  return specFor('queue', {
    admission: {
      policy,
      supersedeRunning: false,
      freezes: [],
      ...(isCareful ? { approval: { timeoutMs: 50 } } : {}),
    },
    notifications: [
      { type: 'slack', urlFrom: 'SLACK', on: ['started', 'approval_needed', 'outcome'] },
    ],
  })
}

/** Plays all of it and lets what is left come to its end; gives what was told of each release. */
function play(policy: EnvironmentSpec['admission']['policy'], happenings: readonly Happening[]) {
  const told = new Map<string, string[]>()
  const careful = new Set<string>()
  let now = 0
  let moment: EnvironmentSnapshot = { state: newEnvironmentState('production', 'mailman') }

  function become(after: EnvironmentSnapshot): void {
    for (const { notification } of notificationsOf(moment, after, now)) {
      told.get(notification.release.id)?.push(notification.event)
    }
    moment = after
  }
  const change = (state: EnvironmentState) => become({ ...moment, state })

  function ask(number: number, isCareful: boolean): void {
    const commit = String(number).repeat(40)
    const request = deployOf(specOf(policy, isCareful), { commit })
    const admission = admit(moment.state, runningOf(moment), request, now)
    if (admission.kind !== 'admitted') return
    told.set(admission.id, [])
    if (isCareful) careful.add(admission.id)
    change(admission.state)
  }

  function carryOut(kind: 'approve' | 'reject' | 'cancel'): void {
    const release = moment.state.waiting.at(-1)?.input.id
    if (release === undefined) return
    const effect = control(moment.state, runningOf(moment), kind, { by: 'bob', release }, now)
    if (effect.kind === 'done') change(effect.state)
  }

  function begin(): void {
    const { state, running } = moment
    const next = running === undefined ? nextToStart(state, now) : undefined
    if (next === undefined) return
    const { input } = next
    const begins: InProgress = { input, startedAt: now, hasStarted: false }
    become({ state: withoutWaiting(state, input.id), running: begins })
  }

  function begun(isRefused: boolean): void {
    const { state, running } = moment
    if (running === undefined || running.hasStarted) return
    const { input, startedAt: since } = running
    if (!isRefused) become({ state, running: { ...running, hasStarted: true } })
    else become({ state: endWaiting(state, { input, since }, now, 'rejected', 'no') })
  }

  function end(outcome: Outcome): void {
    const { state, running } = moment
    if (running?.hasStarted !== true) return
    const { id, request } = running.input
    const { startedAt } = running
    const entry = { id, kind: request.kind, requestedBy: request.requestedBy, services: [] }
    const ended = { ...entry, startedAt, endedAt: now, outcome, message: '' }
    become({ state: { ...state, ledger: withEntry(state.ledger, ended) } })
  }

  function happen(one: Happening): void {
    switch (one.kind) {
      case 'ask':
        return ask(one.number, one.isCareful)
      case 'approve':
      case 'reject':
      case 'cancel':
        return carryOut(one.kind)
      case 'time':
        now += one.ms
        return change(afterTimer(moment.state, now))
      case 'begin':
        return begin()
      case 'begun':
      case 'not begun':
        return begun(one.kind === 'not begun')
      case 'end':
        return end(one.outcome)
    }
  }

  for (const one of happenings) happen(one)
  while (moment.running !== undefined || moment.state.waiting.length > 0) {
    happen({ kind: 'time', ms: 100 })
    begin()
    begun(false)
    end('succeeded')
  }
  return { told, careful }
}

function runningOf({ running }: EnvironmentSnapshot): RunningRelease | undefined {
  if (running === undefined) return undefined
  const { id, request, commit } = running.input
  const { kind, requestedBy } = request
  return { id, kind, requestedBy, startedAt: running.startedAt, ...(commit && { commit }) }
}

test('of every release that is let in there is one end, and its beginning before that if it began', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      fc.constantFrom('supersede', 'queue', 'reject'),
      fc.array(happening, { maxLength: 120, size: 'max' }),
      (policy, happenings) => {
        const { told, careful } = play(policy, happenings)
        for (const [id, events] of told) {
          const story = events.join(' ')
          seen.add(story)
          assert.match(story, /^(approval_needed )?(started )?outcome$/, id)
          assert.equal(story.startsWith('approval_needed'), careful.has(id), id)
        }
      },
    ),
    { numRuns: 300 },
  )
  assert.equal(seen.size, 4, [...seen].join('; '))
})
