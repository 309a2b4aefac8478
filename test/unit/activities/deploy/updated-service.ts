import { updateService } from '../../../../activities/deploy/update-service.ts'
import type { PollingClock } from '../../../../activities/polling/clock.ts'
import { deployment, revision, service, startedAt } from '../ecs-answers.ts'
import { fakeAws, type Answers } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import { digestA, digestB, serviceNamed, specWith } from '../../environment-specs.ts'

const before = {
  taskDefinition: revision(1),
  digests: { api: digestA },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
} as const

export const ours = {
  service: 'api',
  taskDefinition: revision(2),
  digests: { api: digestB },
  registered: true,
}

/** Updates a service that runs revision 1 to revision 2, in an AWS with these answers. */
export function update(answers: Answers, force = false, attempt = 1, clock?: PollingClock) {
  const aws = fakeAws(answers)
  const started = inActivity(
    () =>
      updateService(
        aws.clients,
        {
          spec: specWith(),
          service: serviceNamed('api'),
          revision: ours,
          before,
          force,
        },
        clock,
      ),
    { attempt },
  )
  const updates = () => aws.calls.filter(({ operation }) => operation === 'UpdateService')
  return { started, updates }
}

/** The records of {@link recordsOf} are a minute apart. */
const minutesLater = (minutes: number) => new Date(startedAt.getTime() + minutes * 60_000)

/** The service after an update, so many minutes later. */
export const moved = (taskDefinition: string, minutes = 0) =>
  service({
    deployments: [
      deployment({
        id: 'ecs-svc/2',
        taskDefinition,
        rolloutState: 'IN_PROGRESS',
        createdAt: minutesLater(minutes),
      }),
      deployment({ status: 'ACTIVE' }),
    ],
  })

export const accepting = { UpdateService: () => ({ service: moved(revision(2), 2) }) }
