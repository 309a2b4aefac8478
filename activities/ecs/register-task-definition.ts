import {
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type Tag,
} from '@aws-sdk/client-ecs'
import { shortName } from '../../rollout/arn.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName } from '../aws/errors.ts'
import { keepAnswer, keepAnswerOptions, sendInstead, sendInsteadOptions } from '../aws/raw-body.ts'
import { failure } from '../temporal/failures.ts'
import { namedPaths } from './field-path.ts'
import { lostFields } from './lost-fields.ts'
import type { TaskDefinitionDocument } from './task-definition-document.ts'

/**
 * Registers a revision exactly as given, and returns its ARN. Without the SDK's retries: each would
 * register one.
 *
 * Fails as `PreconditionFailed` if ECS did not register every field as it was sent; that revision
 * is deregistered, so that nothing deploys or clones it.
 */
export async function registerTaskDefinition(
  clients: AwsClients,
  document: TaskDefinitionDocument,
  tags: Tag[],
): Promise<string> {
  const family = String(document['family'])
  // The SDK would leave out what it does not know, so it gets only what its type demands.
  const command = new RegisterTaskDefinitionCommand({ family, containerDefinitions: [] })
  const kept = keepAnswer()
  command.middlewareStack.add(sendInstead({ ...document, tags }), sendInsteadOptions)
  command.middlewareStack.add(kept.middleware, keepAnswerOptions)
  const answer = await clients.ecsOnce.send(command)
  const registered = kept.object('taskDefinition')
  const arn = answer.taskDefinition?.taskDefinitionArn
  if (arn === undefined || registered === undefined) {
    throw failure(
      'PreconditionFailed',
      `ECS registered a revision of "${family}" but did not return its ARN. Check it with "aws ecs list-task-definitions --family-prefix ${family} --sort DESC", and try again.`,
    )
  }
  const lost = lostFields(document, registered)
  if (lost.length === 0) return arn
  throw failure(
    'PreconditionFailed',
    `ECS did not register every field as it was sent: ${shortName(arn)} lacks or changes ${namedPaths(lost)}. A clone must differ in its images alone. ${await deregister(clients, arn)} Register a revision that ECS keeps as it is (with Terraform, or "aws ecs register-task-definition"), deploy it, and try again.`,
  )
}

/** Returns what became of the revision, as a sentence. */
async function deregister(clients: AwsClients, taskDefinition: string): Promise<string> {
  try {
    await clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    return 'So it was deregistered.'
  } catch (error) {
    return `It could not be deregistered (${errorName(error)}): run "aws ecs deregister-task-definition --task-definition ${shortName(taskDefinition)}".`
  }
}
