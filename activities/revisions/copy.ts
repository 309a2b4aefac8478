import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { ApplicationFailure } from '@temporalio/common'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { revisionTags, tagOf, tagsWith } from '../ecs/revision-tags.ts'
import {
  describeTaskDefinition,
  registrablePart,
  type DescribedTaskDefinition,
} from '../ecs/task-definitions.ts'
import { familyOf, shortName } from '../../rollout/arn.ts'

/**
 * The ARN of an ACTIVE revision of the same content as one that somebody has deregistered. ECS
 * starts no deployment of an INACTIVE revision, but still describes it, until it is deleted ("Amazon
 * ECS task definition states" in the developer guide). The newest revision is taken where it is
 * such a copy already, so that a second try makes no second one.
 */
export async function copyOfRevision(clients: AwsClients, inactive: string): Promise<string> {
  const original = await describeTaskDefinition(clients, inactive)
  const newest = await newestOf(clients, familyOf(original.arn))
  if (newest !== undefined && copies(newest, original.arn)) return newest.arn
  const answer = await clients.ecsOnce.send(
    new RegisterTaskDefinitionCommand({
      ...registrablePart(original.definition),
      tags: tagsWith(original.tags, { [revisionTags.copyOf]: shortName(original.arn) }),
    }),
  )
  const made = answer.taskDefinition?.taskDefinitionArn
  if (made !== undefined) return made
  throw failure(
    'PreconditionFailed',
    `ECS did not say which copy of ${shortName(inactive)} it made.`,
  )
}

/** Whether a revision was made as a copy of another one, by its tags; one that cannot be seen was not. */
export async function isCopyOf(
  clients: AwsClients,
  taskDefinition: string,
  original: string,
): Promise<boolean> {
  if (familyOf(taskDefinition) !== familyOf(original)) return false
  try {
    return copies(await describeTaskDefinition(clients, taskDefinition), original)
  } catch (error) {
    if (isTransient(error) || isUnauthenticated(error)) throw error
    return false
  }
}

function copies({ tags }: DescribedTaskDefinition, original: string): boolean {
  return tagOf(tags, revisionTags.copyOf) === shortName(original)
}

/** Undefined where no revision of the family is ACTIVE any more. */
async function newestOf(
  clients: AwsClients,
  family: string,
): Promise<DescribedTaskDefinition | undefined> {
  return await describeTaskDefinition(clients, family).catch((error: unknown) => {
    if (error instanceof ApplicationFailure && error.type === 'PreconditionFailed') return undefined
    throw error
  })
}
