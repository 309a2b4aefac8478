import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from '../../http/listen.ts'
import { basic } from '../../ecr/http-registry.ts'

interface Stored {
  readonly type: string
  readonly body: Buffer
}

export interface OciRegistry {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly blobs: ReadonlyMap<string, Buffer>
  close(): Promise<void>
}

/**
 * As much of the OCI distribution API as pushing and pulling need, in memory. Like Debian's
 * registry, it requires Basic credentials and answers with absolute addresses made from `Host`.
 */
export async function ociRegistry(): Promise<OciRegistry> {
  const account = { username: 'upstream', password: 'secret' }
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, Stored>()
  const tags = new Map<string, string>()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    const answer = (status: number, headers: Record<string, string> = {}, content?: Buffer) => {
      response.writeHead(status, headers)
      response.end(request.method === 'HEAD' ? undefined : content)
    }
    if (request.headers.authorization !== basic(account))
      return answer(401, { 'www-authenticate': 'Basic realm="upstream"' })
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`)
    if (url.pathname === '/v2/') return answer(200)
    const [, name = '', kind, rest = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname) ?? []

    if (kind === 'tags') {
      const own = [...tags.keys()].filter((key) => key.startsWith(`${name}:`))
      const list = own.map((key) => key.slice(name.length + 1))
      return answer(200, {}, Buffer.from(JSON.stringify({ name, tags: list })))
    }
    if (kind === 'blobs') {
      if (request.method === 'POST')
        return answer(202, {
          location: `${url.origin}/v2/${name}/blobs/uploads/${randomUUID()}?s=1`,
        })
      if (request.method === 'PUT') {
        const digest = url.searchParams.get('digest') ?? ''
        if (digest !== digestOf(body)) return answer(400)
        blobs.set(digest, body)
        return answer(201, { location: `${url.origin}/v2/${name}/blobs/${digest}` })
      }
      const blob = blobs.get(rest)
      return blob ? answer(200, { 'content-length': String(blob.length) }, blob) : answer(404)
    }
    const key = rest.startsWith('sha256:') ? rest : (tags.get(`${name}:${rest}`) ?? '')
    if (request.method === 'PUT') {
      const { layers = [] } = JSON.parse(body.toString()) as { layers?: { digest: string }[] }
      if (layers.some(({ digest }) => !blobs.has(digest)))
        return answer(400, {}, Buffer.from('{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}'))
      const digest = digestOf(body)
      manifests.set(`${name}@${digest}`, { type: request.headers['content-type'] ?? '', body })
      if (!rest.startsWith('sha256:')) tags.set(`${name}:${rest}`, digest)
      return answer(201, { 'docker-content-digest': digest })
    }
    if (request.method === 'DELETE') {
      for (const [tag, digest] of tags) if (digest === rest) tags.delete(tag)
      return answer(manifests.delete(`${name}@${rest}`) ? 202 : 404)
    }
    const stored = manifests.get(`${name}@${key}`)
    if (stored === undefined) return answer(404)
    return answer(200, { 'content-type': stored.type, 'docker-content-digest': key }, stored.body)
  }

  const listening = await listen(handle, { host: '127.0.0.1', port: 0, what: 'a test' })
  return { ...listening, ...account, blobs }
}

export function digestOf(body: Buffer | string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
