import type { IncomingMessage } from 'node:http'

/** The access key that signed a request, and the region for which it did. */
export interface Signer {
  readonly accessKeyId: string
  readonly region: string
}

/**
 * Reads the credential scope of AWS Signature Version 4 from the `Authorization` header, or from
 * the query string of a presigned address. The signature itself is not verified: the simulator
 * knows no secret keys. An unsigned request counts as signed by `anonymous` in `region`.
 */
export function readSigner(
  request: IncomingMessage,
  query: URLSearchParams,
  region: string,
): Signer {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
  const scope = header ?? query.get('X-Amz-Credential') ?? undefined
  if (scope === undefined) return { accessKeyId: 'anonymous', region }
  const [accessKeyId, , signedRegion] = scope.split('/')
  return { accessKeyId: accessKeyId || 'anonymous', region: signedRegion || region }
}
