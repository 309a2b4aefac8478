import { EventEmitter, once } from 'node:events'
import { createServer, type Http2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** gRPC's number. */
const notFound = '5'

/** A server that takes gRPC calls and answers none of them, except with NOT_FOUND if told to. */
export interface SilentServer {
  /** `127.0.0.1:41234` */
  readonly address: string
  /** Resolves once a method was called that gets no answer: `DescribeWorkflowExecution`. */
  readonly called: (method: string) => Promise<void>
  /** Resolves once the server has seen the end of every call. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function startSilentServer(unknown: readonly string[] = []): Promise<SilentServer> {
  const server = createServer()
  const sessions = new Set<Http2Session>()
  const calls = new Set<string>()
  const changed = new EventEmitter()
  let open = 0
  server.on('session', (session) => {
    sessions.add(session)
  })
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    // The client's cancellation is what the tests wait for.
    stream.on('error', () => {})
    if (unknown.includes(method)) {
      const answer = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': notFound }
      stream.respond(answer, { endStream: true })
      return
    }
    open += 1
    calls.add(method)
    changed.emit('change')
    stream.on('close', () => {
      open -= 1
      changed.emit('change')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await once(changed, 'change')
  }
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    called: (method) => until(() => calls.has(method)),
    idle: () => until(() => open === 0),
    async close() {
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
