/** The cluster of each account. */
export const cluster = 'bench'

/** Deployments of each service before the measured one, its creation included. */
export const history = 5

/** The revision that the measured rollout deploys. */
export const newest = history + 1

export function digestOf(revision: number): string {
  return `sha256:${String(revision).repeat(64)}`
}

export const digest = digestOf(newest)
