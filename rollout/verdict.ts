import type { Observation } from './observation.ts'

/** What we asked ECS for, and how it answered at once. */
export interface Expectation {
  readonly taskDefinition: string
  /** The `ecs-svc/…` id of the deployment that should get there. */
  readonly deploymentId: string
  readonly serviceDeploymentArn?: string
  /** Container name → digest its tasks must run; empty where nobody pinned one. */
  readonly digests: Readonly<Record<string, string>>
}

export type Verdict =
  | { readonly kind: 'progressing'; readonly summary: string; readonly nearEnd: boolean }
  | {
      readonly kind: 'succeeded'
      readonly evidence: 'service deployment' | 'deployments'
      readonly summary: string
    }
  | { readonly kind: 'rolled_back'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'replaced'; readonly reason: string }

/** What an observation means for the deployment we wait for. */
export function judge(observation: Observation, _expected: Expectation): Verdict {
  return { kind: 'progressing', summary: observation.service.status, nearEnd: false }
}
