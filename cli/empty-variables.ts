/**
 * Forgets the variables of Temporal that are set to nothing. A CI job sets them so, from a variable
 * or secret that is not there, and an API key of no letters is still sent and asks for TLS.
 */
export function forgetEmptyVariables(environment: NodeJS.ProcessEnv = process.env): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('TEMPORAL_') && value === '') delete environment[name]
  }
}
