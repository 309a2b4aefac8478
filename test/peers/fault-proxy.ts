import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'

/** A proxy in front of an AWS endpoint that can hold calls and makes host names reachable. */
export interface FaultProxy {
  readonly url: string
  /**
   * Holds the calls of an operation that name a resource, a service for instance. `reached`
   * resolves when the first call is held; `letGo` lets it and all later ones through.
   */
  readonly hold: (operation: string, about: string) => Hold
  readonly close: () => Promise<void>
}

export interface Hold {
  readonly reached: Promise<void>
  readonly letGo: () => void
}

/**
 * Passes calls on to an endpoint unchanged. In responses it replaces the host `from` with `to`: an
 * emulator names its registry as AWS would, but no name server knows that name.
 */
export async function openFaultProxy(options: {
  endpoint: string
  from: RegExp
  to: string
}): Promise<FaultProxy> {
  const holds = new Set<Held>()
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(asError(error)))
  })

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await bodyOf(incoming)
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1)
    const held = [...holds].find(
      (each) => each.operation === operation && sent.includes(`"${each.about}"`),
    )
    held?.arrived()
    await held?.passed
    const { method = 'GET', headers } = incoming
    const onward = request(new URL(incoming.url ?? '/', options.endpoint), { method, headers })
    onward.end(sent)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const body = (await bodyOf(answer)).toString('utf8').replaceAll(options.from, options.to)
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers
    outgoing.writeHead(answer.statusCode ?? 502, {
      ...kept,
      'content-length': Buffer.byteLength(body),
    })
    outgoing.end(body)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    hold(operation, about) {
      const arrival = Promise.withResolvers<void>()
      const passage = Promise.withResolvers<void>()
      const held = { operation, about, arrived: arrival.resolve, passed: passage.promise }
      holds.add(held)
      return {
        reached: arrival.promise,
        letGo() {
          holds.delete(held)
          passage.resolve()
        },
      }
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Held {
  readonly operation: string
  readonly about: string
  readonly arrived: () => void
  readonly passed: Promise<void>
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
