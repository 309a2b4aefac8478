/** The cluster of each account. */
export const cluster = 'bench'

/** Deployments of each service before the one that is waited for, its creation included. */
export const history = 5

/** The revision that is waited for. */
export const newest = history + 1

export function digestOf(revision: number): string {
  return `sha256:${String(revision).repeat(64)}`
}

export const digest = digestOf(newest)
