import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseResult, ReleaseStatus } from '../../../../contract/releases.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { outputsOf } from '../runner.ts'

export const id = 'release/production/3f2c1ab4d5e6'

export const environmentLink = { id: 'environment/production' }

/** The result of a release whose service crashed. */
export const rolledBack: ReleaseResult = {
  id,
  outcome: 'rolled_back',
  message: 'api did not become healthy. The previous release runs again.',
  cause: 'Container api exited with 1: 100% sure,\nsee `::error::`',
  commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
  services: [
    {
      name: 'api',
      ecsService: 'mailman-api',
      revision: {
        service: 'api',
        taskDefinition: 'x/mailman-api:8',
        digests: {},
        registered: true,
      },
      rollbackTarget: {
        taskDefinition: 'x/mailman-api:7',
        digests: {},
        deploymentId: 'ecs-svc/7',
        hasSucceeded: true,
      },
    },
  ],
  startedAt: 1_000,
  endedAt: 13_200,
  warnings: ['the circuit breaker of api is off'],
  failedTasks: [],
}

/** Its status while it waits for the service. */
export const status: ReleaseStatus = {
  id,
  kind: 'deploy',
  project: 'mailman',
  environment: 'production',
  summary: 'mailman 3f2c1ab → production: Add | pipes',
  requestedBy: 'octocat',
  startedAt: 1_000,
  steps: [
    { name: 'build', subject: 'api', state: 'done', startedAt: 1_000, endedAt: 3_500 },
    { name: 'wait', subject: 'api', state: 'failed', startedAt: 4_000, endedAt: 9_000 },
  ],
  warnings: [],
}

/** The variables of a step in a job, and what it writes to the files that they name. */
export function stepFiles() {
  const folder = temporaryFolder()
  const environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_OUTPUT: join(folder, 'output'),
  }
  return {
    environment,
    summary: () => readFile(environment.GITHUB_STEP_SUMMARY, 'utf8'),
    outputs: async () => outputsOf(await readFile(environment.GITHUB_OUTPUT, 'utf8')),
  }
}
