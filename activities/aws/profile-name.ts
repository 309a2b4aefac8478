/**
 * Middleware of the AWS SDK, for its `initialize` step, that says which profile the credentials were
 * looked for in: the SDK only says that it has found none.
 */
export function nameProfile(profile: string) {
  return <Input, Output>(next: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      try {
        return await next(input)
      } catch (error) {
        if (!(error instanceof Error) || !unfound.has(error.name)) throw error
        const { name, message, stack } = error
        // A new one: the SDK may keep its own, and throw it again.
        throw Object.assign(new Error(`${message} (profile "${profile}")`), { name, stack })
      }
    }
}

/** What the SDK's credential providers throw. */
const unfound: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError'])

export const namingProfile = { step: 'initialize', name: 'nameProfile' } as const
