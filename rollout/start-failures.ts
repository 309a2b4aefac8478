import type { ObservedTask } from './observation.ts'

/**
 * ECS's reasons for a task that never ran, and what they mean. The first match counts. The texts are
 * those of the ECS developer guide, "Stopped tasks error messages", and of the agent.
 */
const known: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /CannotPull.*(not found|manifest unknown|does not exist|name unknown)/is,
    'The image cannot be pulled, since it is not in the registry',
  ],
  [
    /CannotPull.*(403|denied|unauthorized|not authorized|no basic auth|authorization token)/is,
    'The image cannot be pulled, since the task’s execution role or network does not allow it',
  ],
  [
    /CannotPull.*(timeout|timed out|dial tcp|no such host|connection refused|deadline)/is,
    'The image cannot be pulled, since the task cannot reach the registry',
  ],
  [/CannotPull.*(no space left)/is, 'The image cannot be pulled, since the disk is full'],
  [
    /CannotPull.*(platform|architecture|no matching manifest)/is,
    'The image cannot be pulled, since it is not made for the task’s platform',
  ],
  [/CannotPull/i, 'The image cannot be pulled'],
  [
    /ResourceInitializationError.*(secret|ssm|parameter)/is,
    'The task’s execution role cannot read its secrets',
  ],
  [
    /ResourceInitializationError.*(registry auth|ecr)/is,
    'The task’s execution role cannot pull from the registry',
  ],
  [/ResourceInitializationError.*(log|awslogs)/is, 'The task’s logs cannot be set up'],
  [/unable to assume the role/i, 'ECS cannot assume the task’s role'],
  [/CannotStart.*exec format error/is, 'The image is not made for the task’s platform'],
  [
    /CannotStartContainer.*(executable file not found|no such file)/is,
    'The container’s command is not in the image',
  ],
  [/CannotStartContainer|CannotCreateContainer/i, 'A container cannot be started'],
  [/(RESOURCE:(CPU|MEMORY|ENI|GPU)|Capacity is unavailable)/i, 'There is no capacity'],
]

/** Why a task could not start: our words, then ECS's reason. Undefined for a task that ran. */
export function cannotStart(task: ObservedTask): string | undefined {
  const reasons = [task.stoppedReason, ...task.containers.map(({ reason }) => reason)]
  for (const [pattern, words] of known) {
    const reason = reasons.find((one) => pattern.test(one))
    if (reason !== undefined) return `${words}: ${reason}`
  }
  if (task.stopCode !== 'TaskFailedToStart') return undefined
  const reason = reasons.find((one) => one !== '')
  return reason === undefined ? undefined : `A task failed to start: ${reason}`
}
