import type { ContinueServiceDeploymentCommandOutput } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { optionalWord, text, type Input } from '../requests/input.ts'
import { wakeSoon } from '../wake.ts'

/**
 * Answers a hook that waits for a person, with `CONTINUE` (the default) or `ROLLBACK`.
 *
 * @throws ServiceDeploymentNotFoundException
 * @throws InvalidParameterException if the deployment has no such hook at its current stage.
 * @throws ClientException if the hook does not wait for an action.
 */
export function continueServiceDeployment(
  engine: Engine,
  input: Input,
): Answer<ContinueServiceDeploymentCommandOutput> {
  const arn = text(input, 'serviceDeploymentArn')
  const hookId = text(input, 'hookId')
  const action = optionalWord(input, 'action', ['CONTINUE', 'ROLLBACK']) ?? 'CONTINUE'
  const record = engine.state.serviceDeployments[arn]
  if (record === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  }
  const hook = record.staged?.hooks.find(({ id }) => id === hookId)
  if (hook === undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `The service deployment has no lifecycle hook ${hookId} at its current stage.`,
    )
  }
  if (hook.status !== 'AWAITING_ACTION' || record.status !== 'IN_PROGRESS') {
    throw new AwsError('ClientException', `Lifecycle hook ${hookId} is not awaiting an action.`)
  }
  hook.status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED'
  record.updatedAt = engine.clock.now()
  wakeSoon(engine, record.service)
  return { serviceDeploymentArn: arn }
}
