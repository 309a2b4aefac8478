import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

/** How a call fails: a gRPC status and its message. */
export interface GrpcFault {
  readonly status: number
  readonly message: string
}

/** A proxy to a Temporal server that answers chosen calls itself, with a fault. */
export interface GrpcProxy {
  /** `127.0.0.1:41234` */
  readonly address: string
  /** Decides about each call by its method: `DescribeTaskQueue`. */
  fault: (method: string) => GrpcFault | undefined
  /** The methods that were called since the last time this was asked, in order. */
  readonly calls: () => readonly string[]
  readonly close: () => Promise<void>
}

export async function startGrpcProxy(address: string): Promise<GrpcProxy> {
  const far = connect(`http://${address}`)
  const sessions = new Set<Http2Session>()
  let called: string[] = []
  const server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {}).on('close', () => sessions.delete(session))
  })
  server.on('stream', (near, headers) => {
    // The client's cancellation ends both.
    near.on('error', () => {})
    const method = String(headers[':path']).split('/').at(-1) ?? ''
    called.push(method)
    const fault = proxy.fault(method)
    if (fault === undefined) forward(far, near, headers)
    else answer(near, fault)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: GrpcProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => undefined,
    calls() {
      const those = called
      called = []
      return those
    },
    async close() {
      for (const session of sessions) session.destroy()
      far.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

/** How gRPC fails before any message: with the status instead of an answer. */
function answer(near: ServerHttp2Stream, { status, message }: GrpcFault): void {
  near.resume()
  near.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(status),
      'grpc-message': encodeURIComponent(message),
    },
    { endStream: true },
  )
}

function forward(
  far: ClientHttp2Session,
  near: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  const request = far.request({ ...headers })
  let trailers: IncomingHttpHeaders = {}
  request.on('trailers', (found) => {
    trailers = found
  })
  request.on('response', (found, flags) => {
    if (near.destroyed) return
    const endStream = (flags & 1) !== 0
    near.respond(found, endStream ? { endStream } : { waitForTrailers: true })
  })
  near.on('wantTrailers', () => near.sendTrailers(withoutPseudoHeaders(trailers)))
  near.on('close', () => request.close())
  pipeline(near, request, () => {})
  pipeline(request, near, () => {})
}

function withoutPseudoHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
}
