import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface RepositoryServer {
  /** The URL of the repository in a folder of this name. */
  readonly urlOf: (name: string) => string
  readonly close: () => void
}

/**
 * Serves the repositories in a folder: to git with its "dumb" protocol, for which each needs `git
 * update-server-info`, and to git-lfs with its batch API, each with its own objects only
 * (https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md).
 */
export async function serveRepositories(folder: string): Promise<RepositoryServer> {
  const server = createServer((request, response) => {
    answer(request, folder)
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/vnd.git-lfs+json' }).end(body)
      })
      .catch((error: Error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}/.git`,
    close: () => server.close(),
  }
}

async function answer(request: IncomingMessage, folder: string) {
  const { pathname } = new URL(`http://${request.headers.host}${request.url}`)
  const [, repository = ''] = /^(.*)\/info\/lfs\/objects\/batch$/.exec(pathname) ?? []
  if (repository !== '') return { status: 200, body: await batch(request, folder, repository) }
  const body = await readFile(join(folder, pathname)).catch(() => undefined)
  return { status: body === undefined ? 404 : 200, body }
}

async function batch(request: IncomingMessage, folder: string, repository: string) {
  const { objects } = JSON.parse(await text(request)) as { objects: { oid: string }[] }
  const answers = objects.map((object) => {
    const { oid } = object
    const path = `${repository}/lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`
    const href = `http://${request.headers.host}${path}`
    return existsSync(join(folder, path))
      ? { ...object, actions: { download: { href } } }
      : { ...object, error: { code: 404, message: 'Object does not exist' } }
  })
  return JSON.stringify({ transfer: 'basic', objects: answers })
}
