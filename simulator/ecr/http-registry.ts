import { createHash } from 'node:crypto'
import { AwsError } from '../http/types.ts'
import type { Manifest, PutAnswer, Registry } from './registry.ts'

/** A registry's address and credentials. */
export interface RegistryAddress {
  /** `http://127.0.0.1:5000` */
  readonly url: string
  readonly username: string
  readonly password: string
}

/** Without this header, a registry converts a manifest to an old format with another digest. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** The value of the `Authorization` header for HTTP Basic. */
export function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * A registry that implements the OCI distribution API. Calls fail with `ServerException` if it
 * cannot be reached or rejects the simulator's credentials.
 */
export function httpRegistry(address: RegistryAddress): Registry {
  const request = async (
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> => {
    let response: Response
    try {
      response = await fetch(new URL(path, address.url), {
        ...init,
        headers: { authorization: basic(address), accept: manifestTypes, ...init.headers },
      })
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error
      throw broken(`The registry at ${address.url} cannot be reached: ${String(cause)}`)
    }
    if (response.status === 401 || response.status === 403)
      throw broken(
        `The registry at ${address.url} rejects the login of user ${address.username}. Check the user name and password that the simulator was started with.`,
      )
    if (response.status >= 500)
      throw broken(`The registry at ${address.url} answered ${path} with ${response.status}`)
    return response
  }

  return {
    async tags(repository) {
      const all: string[] = []
      let path: string | undefined = `/v2/${repository}/tags/list?n=1000`
      while (path !== undefined) {
        const response = await request(path)
        if (response.status === 404) return all
        // `null` after the last tag was removed.
        const { tags } = (await response.json()) as { tags?: string[] | null }
        all.push(...(tags ?? []))
        path = /<([^>]+)>;\s*rel="?next/.exec(response.headers.get('link') ?? '')?.[1]
      }
      return all
    },
    async manifest(repository, reference) {
      const response = await request(manifestPath(repository, reference))
      if (!response.ok) return undefined
      const body = await response.text()
      return {
        // Computed from the bytes, not taken from the registry's header: clients check the bytes.
        digest: digestOf(body),
        mediaType: response.headers.get('content-type') ?? '',
        body,
      }
    },
    async hasBlob(repository, digest) {
      return (await request(`/v2/${repository}/blobs/${digest}`, { method: 'HEAD' })).ok
    },
    async put(repository, reference, manifest): Promise<PutAnswer> {
      const response = await request(manifestPath(repository, reference), {
        method: 'PUT',
        headers: { 'content-type': manifest.mediaType },
        body: manifest.body,
      })
      if (response.ok) return { kind: 'stored' }
      const reason = await response.text()
      return { kind: /BLOB_UNKNOWN|MANIFEST_UNKNOWN/.test(reason) ? 'missing' : 'invalid', reason }
    },
    async remove(repository, digest) {
      const response = await request(`/v2/${repository}/manifests/${digest}`, { method: 'DELETE' })
      if (response.status === 405)
        throw broken(
          `The registry at ${address.url} does not allow deletes. Set storage.delete.enabled to true in its configuration.`,
        )
      if (!response.ok && response.status !== 404)
        throw broken(`The registry at ${address.url} answered a delete with ${response.status}.`)
    },
  }
}

/** `sha256:…` of a manifest's text. */
export function digestOf(body: Manifest['body']): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

/** The caller chooses the tag, so it is encoded: it must not become another path. */
function manifestPath(repository: string, reference: string): string {
  return `/v2/${repository}/manifests/${encodeURIComponent(reference).replace('%3A', ':')}`
}

function broken(message: string): AwsError {
  return new AwsError('ServerException', message, 500)
}
