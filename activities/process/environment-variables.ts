type Variables = Readonly<Record<string, string | undefined>>

/**
 * Variables with the worker's identity. The user's own commands do not get them: code of a branch
 * under test must be able neither to deploy nor to reach Temporal. All variables that a check may
 * need (`PATH`, `HOME`, `CARGO_*`, `DATABASE_URL`, a package registry's token) are passed on.
 */
const identity = [
  /^AWS_/,
  /^TEMPORAL_/,
  // With these, a job on GitHub Actions gets the OIDC token that AWS exchanges for a role.
  /^ACTIONS_ID_TOKEN_REQUEST_/,
  /^ACTIONS_RUNTIME_TOKEN$/,
]

/** The environment of the user's own check commands. */
export function checkVariables(all: Variables = process.env): Variables {
  return without(all, identity)
}

/**
 * The environment of git and of the container engine's client: their credential helpers may need
 * AWS (CodeCommit, ECR), but none of them needs Temporal.
 */
export function toolVariables(all: Variables = process.env): Variables {
  return without(all, [/^TEMPORAL_/])
}

function without(all: Variables, patterns: readonly RegExp[]): Variables {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !patterns.some((pattern) => pattern.test(name))),
  )
}
