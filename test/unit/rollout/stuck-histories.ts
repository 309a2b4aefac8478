import * as fc from 'fast-check'
import { history, type Happening, type History } from './histories.ts'

/** Indices of `versions`: those that trip the circuit breaker, and those of which tasks run. */
const failing = fc.constantFrom(1, 3)
const running = fc.constantFrom(0, 5, 6)

/**
 * Histories in which a deployment fails and ECS leaves it in its place, because the circuit breaker
 * does not roll back or because a person aborts it. Then comes our release of any version. Nothing else
 * happens to it, so that it must be possible to roll it back.
 */
export const stuckHistory: fc.Arbitrary<History> = fc
  .tuple(
    history,
    fc.oneof(
      failing.map((version) => stuckBy([deploy(version)])),
      fc
        .tuple(
          fc.oneof(fc.oneof(failing, running).map(deploy), fc.constant<Happening>({ do: 'force' })),
          fc.nat(120_000),
        )
        .map(([change, ms]) => stuckBy([change, { do: 'wait', ms }, { do: 'stop', how: 'ABORT' }])),
    ),
    fc.nat(300_000),
  )
  .map(([given, { before, aborted }, ms]) => ({
    ...given,
    desired: Math.max(1, given.desired),
    maximum: 200,
    breaker: true,
    rollback: aborted && given.rollback,
    alarms: false,
    traffic: { ...given.traffic, hook: undefined },
    first: 0,
    before,
    after: [{ do: 'wait', ms } as const],
  }))

function deploy(version: number): Happening {
  return { do: 'deploy', version }
}

function stuckBy(happenings: readonly Happening[]) {
  return {
    before: [...happenings, { do: 'wait', ms: 30 * 60_000 } as const],
    aborted: happenings.some((one) => one.do === 'stop'),
  }
}
