const reason = Symbol.for('slipway.undecodable')

/**
 * Stands for a payload that could not be decoded. {@link whyUndecodable} gives the reason; any other
 * read fails as decoding would have failed, so that no code mistakes it for a value.
 */
export function undecodable(why: string): object {
  const fail = (): never => {
    throw new Error(`cannot decode a payload: ${why}`)
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

/** Why a payload could not be decoded; `undefined` for an ordinary value. */
export function whyUndecodable(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { readonly [reason]?: string })[reason]
}
