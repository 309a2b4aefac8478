const reason = Symbol.for('slipway.undecodable')

/**
 * Stands for a payload that could not be decoded. Whoever knows of it is told why; for everybody
 * else, reading from it fails as decoding would have failed, so nobody takes it for a value.
 */
export function undecodable(why: string): object {
  const fail = (): never => {
    throw new Error(`a payload cannot be decoded: ${why}`)
  }
  return new Proxy(
    {},
    {
      get: (_, key) => (key === reason ? why : fail()),
      getOwnPropertyDescriptor: fail,
      has: fail,
      ownKeys: fail,
    },
  )
}

/** Why a value could not be decoded; `undefined` for a value. */
export function whyUndecodable(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { readonly [reason]?: string })[reason]
}
