/**
 * Addresses of layers that need no login. ECR's are of S3 and signed; here they are of the registry
 * proxy, with a token in place of the signature.
 */
const parameter = 'X-Amz-Signature'

/** The path of a layer on the registry proxy. */
export function presigned(repository: string, digest: string, token: string): string {
  return `/v2/${repository}/blobs/${digest}?${parameter}=${token}`
}

/** The `Authorization` header that a presigned address stands for; undefined for any other. */
export function authorizationIn(method: string, url: URL): string | undefined {
  const token = url.searchParams.get(parameter)
  if (method !== 'GET' || token === null) return undefined
  return `Basic ${Buffer.from(`AWS:${token}`).toString('base64')}`
}
