import { createHash } from 'node:crypto'
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'

/** A platform as the configuration of an image and the entries of an index have it. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

export interface Pushed {
  readonly digest: string
  readonly size: number
  readonly mediaType: string
}

const digestOf = (body: string) => `sha256:${createHash('sha256').update(body).digest('hex')}`

/** Pushes to the simulator's registry proxy as an engine's client does, only without an engine. */
export function imagePusher(repositoryUri: string, region = 'us-east-1') {
  const [host = '', ...path] = repositoryUri.split('/')
  const base = `http://${host}/v2/${path.join('/')}`

  async function request(method: string, url: string, body?: string, type?: string) {
    const { authorizationData } = await new ECRClient({ region }).send(
      new GetAuthorizationTokenCommand({}),
    )
    const authorization = `Basic ${authorizationData?.[0]?.authorizationToken ?? ''}`
    const headers = { authorization, ...(type && { 'content-type': type }) }
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
    return answer
  }

  async function blob(content: string) {
    const digest = digestOf(content)
    const opened = await request('POST', `${base}/blobs/uploads/`)
    const location = opened.headers.get('location') ?? ''
    await request('PUT', `${location}&digest=${encodeURIComponent(digest)}`, content)
    return { digest, size: content.length }
  }

  async function manifest(reference: string | undefined, body: string, mediaType: string) {
    const digest = digestOf(body)
    await request('PUT', `${base}/manifests/${reference ?? digest}`, body, mediaType)
    return { digest, size: body.length, mediaType }
  }

  return {
    /** An image of one platform; `content` makes its digest unique. Without a tag, for an index. */
    async image(platform: Platform, content: string, tag?: string): Promise<Pushed> {
      const layer = await blob(content)
      const config = await blob(JSON.stringify({ ...platform, config: {}, rootfs: {} }))
      const mediaType = 'application/vnd.oci.image.manifest.v1+json'
      const body = JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
      })
      return await manifest(tag, body, mediaType)
    },
    async index(entries: readonly (Pushed & { platform?: Platform })[], tag: string) {
      const mediaType = 'application/vnd.oci.image.index.v1+json'
      const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests: entries })
      return await manifest(tag, body, mediaType)
    },
  }
}
