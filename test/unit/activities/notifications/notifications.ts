import type {
  ApprovalNotification,
  OutcomeNotification,
  StartedNotification,
  TestNotification,
} from '../../../../contract/notifications.ts'

const at = Date.UTC(2026, 2, 1, 12, 30)

const about = {
  at,
  project: 'mailman',
  environment: 'production',
  release: {
    id: 'release/production/3f2c1ab4d5e6',
    kind: 'deploy',
    commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
    subject: 'Add organization id to inboxes',
    requestedBy: 'ann@laptop',
  },
  summary: 'mailman 3f2c1ab → production: Add organization id to inboxes',
} as const

export const started: StartedNotification = {
  ...about,
  event: 'started',
  id: `release/production/3f2c1ab4d5e6/started/${at}`,
}

export const approval: ApprovalNotification = {
  ...about,
  event: 'approval_needed',
  id: `release/production/3f2c1ab4d5e6/approval_needed/${at}`,
  until: at + 24 * 60 * 60_000,
}

export function ended({
  requestedBy,
  ...change
}: Partial<OutcomeNotification> & { readonly requestedBy?: string } = {}): OutcomeNotification {
  return {
    ...about,
    ...(requestedBy === undefined ? {} : { release: { ...about.release, requestedBy } }),
    event: 'outcome',
    id: `release/production/3f2c1ab4d5e6/outcome/${at}`,
    outcome: 'rolled_back',
    message: 'worker: ECS rolled back.',
    cause: 'Health checks failed with these codes: [404].',
    startedAt: at - 200_000,
    ...change,
  }
}

export const testNotice: TestNotification = {
  event: 'test',
  id: `test/production/${at}`,
  at,
  project: 'mailman',
  environment: 'production',
  requestedBy: 'ann@laptop',
}
