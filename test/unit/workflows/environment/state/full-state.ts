import type { LedgerEntry } from '../../../../../contract/environment.ts'
import type { ReleasedService } from '../../../../../contract/releases.ts'
import { noted } from '../../../../../workflows/environment/state/controls.ts'
import { withEntry } from '../../../../../workflows/environment/state/ledger.ts'
import { withUndelivered } from '../../../../../workflows/environment/state/outbox.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { arn, digestOf, specFor } from '../../../../workflows/fixtures.ts'

export const spec = specFor('slipway')
export const empty: EnvironmentState = {
  ...newEnvironmentState('production', 'mailman'),
  spec,
}
/** Takes six bytes a character. */
const worst = '\0'.repeat(20_000)

export const serviceAt = (index: number, revision: number, longest = false): ReleasedService => {
  const name = longest ? `${'s'.repeat(60)}${index}` : `service-${index}`
  const family = longest ? 'f'.repeat(255) : name
  const containers = Array.from({ length: longest ? 10 : 2 }, (_, at) => `${name}-${at}`)
  const digests = Object.fromEntries(containers.map((one) => [one, digestOf(one, revision)]))
  return {
    name,
    ecsService: longest ? name.padEnd(255, 'e') : `mailman-${name}`,
    revision: { service: name, taskDefinition: arn(family, revision), digests, registered: true },
    rollbackTarget: {
      taskDefinition: arn(family, revision - 1),
      digests,
      deploymentId: `ecs-svc/${revision}`,
      hasSucceeded: true,
    },
  }
}

export const releaseOf = (number: number, services: readonly ReleasedService[]): LedgerEntry => ({
  id: `release/production/${number.toString(16).padStart(12, '0')}`,
  kind: 'deploy',
  commit: number.toString(16).padStart(12, '0').padEnd(40, '0'),
  subject: 'Add organization id to inboxes',
  requestedBy: 'ann@laptop',
  startedAt: number,
  endedAt: number,
  outcome: 'succeeded',
  message: worst,
  cause: worst,
  services,
})

/** Fifty releases of fifty services, and as much of everything else as there may be. */
export function fullState(longest: boolean): EnvironmentState {
  let state = empty
  for (let number = 1; number <= 50; number += 1) {
    const services = Array.from({ length: 50 }, (_, index) => serviceAt(index, number, longest))
    state = { ...state, ledger: withEntry(state.ledger, releaseOf(number, services)) }
    state = noted(state, 'freeze', { by: worst, reason: worst, release: worst }, number, worst)
    state = withUndelivered(
      state,
      {
        to: { type: 'slack', urlFrom: 'SLACK', on: ['outcome'] },
        notification: {
          event: 'outcome',
          outcome: 'succeeded',
          id: `release/production/${number}`,
          message: 'live',
          summary: 'live',
          at: number,
          project: 'mailman',
          environment: 'production',
          release: { id: `release/production/${number}`, kind: 'deploy', requestedBy: 'ann' },
        },
      },
      number,
      worst,
    )
  }
  return {
    ...state,
    superseded: Array.from({ length: 500 }, (_, at) => ({
      id: `release/production/${at}`,
      by: `release/production/${at + 1}`,
      at,
    })),
  }
}
