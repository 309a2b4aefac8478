import type {
  DescribeTasksCommandOutput,
  ListTasksCommandOutput,
  StopTaskCommandOutput,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { ecsArn, nameOf } from '../arns.ts'
import { taskAnswer } from '../answers/task.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { optionalText, optionalWord, text, textList, type Input } from '../requests/input.ts'
import { clusterOf, serviceOf } from '../requests/lookup.ts'
import { page } from '../requests/paging.ts'
import { tasksOf } from '../tasks/state.ts'
import { stopAtOnce } from '../tasks/end.ts'
import type { TaskRecord } from '../records.ts'

/** Applies all filters. The default of `desiredStatus` is `RUNNING`. */
export function listTasks(engine: Engine, input: Input): Answer<ListTasksCommandOutput> {
  const cluster = clusterOf(engine, input)
  const family = optionalText(input, 'family')
  const startedBy = optionalText(input, 'startedBy')
  const launchType = optionalText(input, 'launchType')
  const desired = optionalWord(input, 'desiredStatus', ['RUNNING', 'PENDING', 'STOPPED'])
  const tasks =
    optionalText(input, 'serviceName') === undefined
      ? Object.values(engine.state.tasks).filter((task) => task.cluster === cluster.name)
      : tasksOf(engine, serviceOf(engine, input, 'serviceName'))
  const arns = tasks
    .filter((task) => isListed(engine, task) && task.desiredStatus === (desired ?? 'RUNNING'))
    .filter((task) => startedBy === undefined || task.deployment === startedBy)
    .filter((task) => family === undefined || nameOf(task.taskDefinition).split(':')[0] === family)
    .filter(
      ({ revision }) =>
        launchType === undefined || engine.state.revisions[revision]?.launchType === launchType,
    )
    .map(({ arn }) => arn)
  const { items, nextToken } = page(arns, input)
  return { taskArns: items, nextToken }
}

/** Up to 100 tasks of one cluster. Stopped tasks are listed for an hour after their end. */
export function describeTasks(engine: Engine, input: Input): Answer<DescribeTasksCommandOutput> {
  const cluster = clusterOf(engine, input)
  const names = textList(input, 'tasks')
  if (names.length === 0 || names.length > 100) {
    throw new AwsError(
      'InvalidParameterException',
      `tasks must have 1 to 100 ids or ARNs, but has ${names.length}.`,
    )
  }
  const found = names.map((name) => findTask(engine, cluster.name, name))
  return {
    tasks: found.flatMap((task) => (task === undefined ? [] : [taskAnswer(engine, task)])),
    failures: names.flatMap((name, index) =>
      found[index] === undefined
        ? [{ arn: ecsArn(engine, `task/${cluster.name}/${nameOf(name)}`), reason: 'MISSING' }]
        : [],
    ),
  }
}

/** @throws InvalidParameterException if there is no such task. */
export function stopTask(engine: Engine, input: Input): Answer<StopTaskCommandOutput> {
  const cluster = clusterOf(engine, input)
  const task = findTask(engine, cluster.name, text(input, 'task'))
  const service = engine.state.services[task?.service ?? '']
  if (task === undefined || service === undefined) {
    throw new AwsError('InvalidParameterException', 'The referenced task was not found.')
  }
  if (task.desiredStatus === 'RUNNING') {
    stopAtOnce(engine, service, task, {
      code: 'UserInitiated',
      reason: optionalText(input, 'reason') ?? 'Task stopped by user',
    })
  }
  return { task: taskAnswer(engine, task) }
}

function findTask(engine: Engine, cluster: string, nameOrArn: string): TaskRecord | undefined {
  const task = engine.state.tasks[nameOf(nameOrArn)]
  return task?.cluster === cluster && isListed(engine, task) ? task : undefined
}

function isListed(engine: Engine, task: TaskRecord): boolean {
  return (task.stoppedAt ?? Infinity) + engine.timings.keepStopped > engine.clock.now()
}
