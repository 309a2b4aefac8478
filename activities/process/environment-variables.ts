type Variables = Readonly<Record<string, string | undefined>>

/**
 * Variables that say who the worker is. The user's own commands do not get them: what a branch
 * under test runs must not be able to deploy, nor to speak to Temporal. Everything else a check may
 * rely on (`PATH`, `HOME`, `CARGO_*`, `DATABASE_URL`, a package registry's token) is passed on.
 */
const identity = [
  /^AWS_/,
  /^TEMPORAL_/,
  // With these a job on GitHub Actions asks for the token that AWS takes for a role.
  /^ACTIONS_ID_TOKEN_REQUEST_/,
  /^ACTIONS_RUNTIME_TOKEN$/,
]

/** The environment of the user's own check commands. */
export function checkVariables(all: Variables = process.env): Variables {
  return without(all, identity)
}

/**
 * The environment of git and of the container engine's client: their credential helpers may speak
 * to AWS (CodeCommit, ECR), but nothing of theirs speaks to Temporal.
 */
export function toolVariables(all: Variables = process.env): Variables {
  return without(all, [/^TEMPORAL_/])
}

function without(all: Variables, patterns: readonly RegExp[]): Variables {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !patterns.some((pattern) => pattern.test(name))),
  )
}
