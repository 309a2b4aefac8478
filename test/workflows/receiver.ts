import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived. */
export interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** How a receiver answers one request. `hang` never answers; `drop` closes the connection. */
export type Reply =
  | 'drop'
  | 'hang'
  | {
      readonly status: number
      /** The answer waits for this. */
      readonly when?: Promise<void>
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

/** A receiver of notifications on loopback. */
export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** Resolves once `count` requests have arrived. */
  arrived(count: number): Promise<readonly Received[]>
  readonly close: () => Promise<void>
}

/** Opens a receiver that answers with the given replies in turn, and with 200 after them. */
export async function openReceiver(...replies: readonly Reply[]): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    received.push({ path: request.url ?? '', headers: request.headers, body })
    for (const check of waiting) check()
    const reply = replies[received.length - 1] ?? { status: 200, body: 'ok' }
    if (reply === 'hang') return
    if (reply === 'drop') return void response.destroy()
    await reply.when
    response.writeHead(reply.status, reply.headers).end(reply.body)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks/a-secret-path`,
    received,
    arrived: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (received.length < count) return
          waiting.delete(check)
          resolve(received)
        }
        waiting.add(check)
        check()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
