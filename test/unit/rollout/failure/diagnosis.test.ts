import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../../../../rollout/diagnosis.ts'
import type { Observation } from '../../../../rollout/observation.ts'
import { causeText } from '../../../../text/cause/cause.ts'
import { balancedObservation, ours, targetWith, taskWith } from '../observations.ts'

const stopped = (change: Partial<Observation['tasks'][number]>) =>
  balancedObservation({
    targets: [],
    tasks: [taskWith({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', ...change })],
  })

const told = (observation: Observation): string => {
  const cause = diagnose(observation, ours)
  return cause === undefined ? '' : causeText(cause)
}

test('the cause names the pull error, the exit code, or the health check', () => {
  assert.match(
    told(
      stopped({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: not found',
      }),
    ),
    /cannot be pulled: it is not in the registry.* CannotPullContainerError/,
  )
  assert.equal(
    told(
      stopped({
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'api', image: '', imageDigest: '', exitCode: 1, reason: '' }],
      }),
    ),
    'Container api exited with 1.',
  )
  const description = 'Health checks failed with these codes: [404]'
  assert.match(
    told(balancedObservation({ targets: [targetWith('unhealthy', { description })] })),
    /^The health check fails: Health checks failed with these codes: \[404\]\./,
  )
  const message = `(service api) (task 1) (port 80) is unhealthy in (target-group tg) due to (reason ${description})`
  assert.match(
    told(balancedObservation({ service: { events: [{ at: 1, message }] } })),
    /^The health check fails: Health checks failed with these codes: \[404\]\./,
  )
  assert.equal(told(balancedObservation()), '')
})
