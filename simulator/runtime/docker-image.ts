/** The parts of an image reference. */
export interface ImageReference {
  /** Such as `127.0.0.1:5000`; empty for Docker Hub's short names. */
  readonly host: string
  /** With its host, as written: `127.0.0.1:5000/mailman/api`. */
  readonly repository: string
  /** A tag or a digest; `latest` if there is neither. A digest wins over a tag. */
  readonly version: string
}

/** Parses a reference: `host/repository:tag`, `host/repository@sha256:…`, or with both. */
export function readImageReference(image: string): ImageReference {
  const [named = '', digest] = image.split('@')
  const colon = named.lastIndexOf(':')
  // A colon before the last slash belongs to the host's port.
  const hasTag = colon > named.lastIndexOf('/')
  const repository = hasTag ? named.slice(0, colon) : named
  const [first = ''] = repository.split('/')
  const isHost = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  return {
    host: isHost ? first : '',
    repository,
    version: digest ?? (hasTag ? named.slice(colon + 1) : 'latest'),
  }
}
