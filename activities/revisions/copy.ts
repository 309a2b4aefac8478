import type { AwsClients } from '../aws/clients.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { registerTaskDefinition } from '../ecs/register-task-definition.ts'
import { revisionTags, tagOf, tagsWith } from '../ecs/revision-tags.ts'
import {
  describeTaskDefinition,
  findTaskDefinition,
  type DescribedTaskDefinition,
} from '../ecs/task-definitions.ts'
import { registrablePart } from '../ecs/task-definition-document.ts'
import { familyOf, shortName } from '../../rollout/arn.ts'

/**
 * The ARN of an ACTIVE revision with the same content as a deregistered one. ECS does not deploy an
 * INACTIVE revision, but still describes it until it is deleted ("Amazon ECS task definition states"
 * in the developer guide). Reuses the newest revision if it is already such a copy, so that a retry
 * does not make a second one.
 */
export async function copyOfRevision(clients: AwsClients, inactive: string): Promise<string> {
  const original = await describeTaskDefinition(clients, inactive)
  const newest = await findTaskDefinition(clients, familyOf(original.arn))
  if (newest !== undefined && isTaggedAsCopy(newest, original.arn)) return newest.arn
  // It leaves out what the original did.
  const pending = tagOf(original.tags, revisionTags.pending)
  return await registerTaskDefinition(
    clients,
    registrablePart(original.document),
    tagsWith(original.tags, {
      ...(pending === undefined ? {} : { [revisionTags.pending]: pending }),
      [revisionTags.copyOf]: shortName(original.arn),
    }),
  )
}

/** Whether a revision is tagged as a copy of another one. False if it cannot be read. */
export async function isCopyOf(
  clients: AwsClients,
  taskDefinition: string,
  original: string,
): Promise<boolean> {
  if (familyOf(taskDefinition) !== familyOf(original)) return false
  try {
    return isTaggedAsCopy(await describeTaskDefinition(clients, taskDefinition), original)
  } catch (error) {
    if (isTransient(error) || isUnauthenticated(error)) throw error
    return false
  }
}

function isTaggedAsCopy({ tags }: DescribedTaskDefinition, original: string): boolean {
  return tagOf(tags, revisionTags.copyOf) === shortName(original)
}
