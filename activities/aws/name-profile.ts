/**
 * Middleware of the AWS SDK, for its `initialize` step, that adds the profile to an error about
 * missing credentials: the SDK itself only says that it found none.
 */
export function nameProfile(profile: string) {
  return <Input, Output>(next: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      try {
        return await next(input)
      } catch (error) {
        if (!(error instanceof Error) || !noCredentials.has(error.name)) throw error
        const { name, message, stack } = error
        // A new error: the SDK may cache its own and throw it again.
        throw Object.assign(new Error(`${message} (profile "${profile}")`), { name, stack })
      }
    }
}

/** Names of the errors that the SDK's credential providers throw. */
const noCredentials: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
])

export const nameProfileOptions = { step: 'initialize', name: 'nameProfile' } as const
