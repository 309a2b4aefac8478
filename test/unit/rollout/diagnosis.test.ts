import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../../../rollout/diagnosis.ts'
import type { Observation } from '../../../rollout/observation.ts'
import { balancedObservation, ours, targetWith, taskWith } from './observations.ts'

const stopped = (change: Partial<Observation['tasks'][number]>) =>
  balancedObservation({
    targets: [],
    tasks: [taskWith({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', ...change })],
  })

test('the cause names the pull error, the exit code, or the health check', () => {
  assert.match(
    diagnose(
      stopped({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: not found',
      }),
      ours,
    ),
    /cannot be pulled, since it is not in the registry: CannotPullContainerError/,
  )
  assert.equal(
    diagnose(
      stopped({
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'api', image: '', imageDigest: '', exitCode: 1, reason: '' }],
      }),
      ours,
    ),
    'Container api exited with 1.',
  )
  const description = 'Health checks failed with these codes: [404]'
  assert.equal(
    diagnose(balancedObservation({ targets: [targetWith('unhealthy', { description })] }), ours),
    'The health check fails: Health checks failed with these codes: [404].',
  )
  const message = `(service api) (task 1) (port 80) is unhealthy in (target-group tg) due to (reason ${description})`
  assert.equal(
    diagnose(balancedObservation({ service: { events: [{ at: 1, message }] } }), ours),
    'The health check fails: Health checks failed with these codes: [404].',
  )
  assert.equal(diagnose(balancedObservation(), ours), '')
})
