/** A request to the registry API, by its path. */
export type RegistryRequest =
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'repository'
      readonly repository: string
      readonly resource: 'manifests' | 'blobs' | 'tags' | 'referrers'
      /** A tag, a digest, or the rest of the path. */
      readonly reference: string
    }
  | { readonly kind: 'other' }

/** Parses the path, without its query, of a request to the OCI distribution API. */
export function readRegistryRequest(path: string): RegistryRequest {
  if (path === '/v2/' || path === '/v2') return { kind: 'ping' }
  const match = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.+)$/.exec(path)
  // The registry would resolve dots: the path could leave the repository that was checked.
  if (match === null || path.split('/').some((part) => part === '..' || part === '.'))
    return { kind: 'other' }
  const [, repository = '', resource = '', reference = ''] = match
  return {
    kind: 'repository',
    repository,
    resource: resource as 'manifests' | 'blobs' | 'tags' | 'referrers',
    reference: safelyDecoded(reference),
  }
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
