import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answersOf, service } from '../ecs-answers.ts'
import { failsAs } from '../in-activity.ts'
import { inspect } from './inspect-answers.ts'
import { specWith } from '../../environment-specs.ts'

describe('inspecting an environment', () => {
  test('rejects a service whose traffic shift takes longer than a release may take', async () => {
    const spec = specWith({ stability: { timeoutMs: 30 * 60_000, windowMs: 1 } })
    const enable = { deploymentCircuitBreaker: { enable: true, rollback: true } }
    const shifting = (configuration: object) =>
      inspect(
        answersOf({
          service: service({ deploymentConfiguration: { ...enable, ...configuration } }),
        }),
        spec,
      )
    const bakeTimeInMinutes = 10
    const tooLong = [
      [{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 }, 'A blue/green', '30 min', '"45m"'],
      [{ strategy: 'CANARY', bakeTimeInMinutes: 20 }, 'A canary', '30 min'],
      [{ strategy: 'LINEAR' }, 'A linear', '54 min', '"69m"'],
    ] as const
    for (const [configuration, ...parts] of tooLong) {
      await assert.rejects(
        shifting(configuration),
        failsAs('PreconditionFailed', '"stability.timeout"', ...parts),
      )
    }
    const inTime = [
      { strategy: 'BLUE_GREEN', bakeTimeInMinutes },
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 }, bakeTimeInMinutes },
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 }, bakeTimeInMinutes },
      { strategy: 'ROLLING', bakeTimeInMinutes: 60 },
    ]
    for (const configuration of inTime) assert.ok(await shifting(configuration))
  })

  test('warns about a slow rollback, and about a hook that waits for a person', async () => {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }]
    const { warnings } = await inspect(
      answersOf({
        service: service({
          deploymentConfiguration: {
            deploymentCircuitBreaker: { enable: true, rollback: true },
            strategy: 'BLUE_GREEN',
            bakeTimeInMinutes: 5,
            lifecycleHooks,
          },
        }),
      }),
      specWith({
        stability: { timeoutMs: 30 * 60_000, windowMs: 1 },
        rollback: { timeoutMs: 5 * 60_000 },
      }),
    )
    assert.match(warnings.join('\n'), /blue\/green deployment as well, which takes at least 5 min/)
    assert.match(warnings.join('\n'), /waits for a person at POST_SCALE_UP/)
  })
})
