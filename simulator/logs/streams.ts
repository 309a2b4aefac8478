import type { Engine } from '../ecs/index.ts'

/** The log stream that the awslogs driver creates for one container of one task. */
export interface LogStream {
  readonly group: string
  /** `<awslogs-stream-prefix>/<container>/<task id>` */
  readonly name: string
  readonly taskId: string
  readonly container: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** The streams of all tasks that the engine still has, oldest first. */
export function logStreams({ state }: Engine): LogStream[] {
  const definitions = new Map(
    Object.values(state.taskDefinitions)
      .flat()
      .map((definition) => [definition.arn, definition]),
  )
  return Object.values(state.tasks)
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .flatMap((task) =>
      (definitions.get(task.taskDefinition)?.containers ?? []).flatMap((container) => {
        const { logDriver, options = {} } = container.logConfiguration ?? {}
        const group = options['awslogs-group']
        const prefix = options['awslogs-stream-prefix']
        // Without a prefix the name would be Docker's id of the container, which callers cannot know.
        if (logDriver !== 'awslogs' || group === undefined || prefix === undefined) return []
        const { name = '' } = container
        return [
          {
            group,
            name: `${prefix}/${name}/${task.id}`,
            taskId: task.id,
            container: name,
            startedAt: task.startedAt ?? task.createdAt,
          },
        ]
      }),
    )
}
