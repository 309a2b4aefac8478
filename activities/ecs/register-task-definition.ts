import { RegisterTaskDefinitionCommand, type Tag } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import type { Registrable } from './task-definitions.ts'

/** Registers a revision and returns its ARN. Without the SDK's retries: each would register one. */
export async function registerTaskDefinition(
  clients: AwsClients,
  definition: Registrable,
  tags: Tag[],
): Promise<string> {
  const answer = await clients.ecsOnce.send(
    new RegisterTaskDefinitionCommand({ ...definition, tags }),
  )
  const arn = answer.taskDefinition?.taskDefinitionArn
  if (arn !== undefined) return arn
  const family = definition.family ?? ''
  throw failure(
    'PreconditionFailed',
    `ECS registered a revision of "${family}" but did not return its ARN. Check it with "aws ecs list-task-definitions --family-prefix ${family} --sort DESC", and try again.`,
  )
}
