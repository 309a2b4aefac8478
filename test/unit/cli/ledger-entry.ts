import type { LedgerEntry } from '../../../contract/environment.ts'

/** A deploy that succeeded, with a subject that would colour a terminal. */
export const entry: LedgerEntry = {
  id: 'release/production/3f2c1ab4d5e6',
  kind: 'deploy',
  commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
  subject: 'Add \u001b[31morganization id',
  requestedBy: 'ann@laptop',
  startedAt: 0,
  endedAt: 90_000,
  outcome: 'succeeded',
  message: '3f2c1ab is live in production.',
  services: [
    {
      name: 'api',
      ecsService: 'mailman-api',
      revision: {
        service: 'api',
        taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:8',
        digests: { api: `sha256:${'8'.repeat(64)}` },
        registered: true,
      },
      rollbackTarget: {
        taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/mailman-api:7',
        digests: { api: `sha256:${'7'.repeat(64)}` },
        deploymentId: 'ecs-svc/7',
        hasSucceeded: true,
      },
      since: { release: 'release/production/older', at: 120_000 },
    },
  ],
}
