import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Listening {
  readonly port: number
  /** `http://host:port` */
  readonly url: string
  /** Stops listening and closes open connections. */
  close(): Promise<void>
}

/**
 * Serves HTTP on `host` and `port`; 0 means any free port.
 *
 * Fails if the port is taken or not allowed, with a message that names it and says what to do.
 */
export async function listen(
  handler: Handler,
  { host, port, what }: { host: string; port: number; what: string },
): Promise<Listening> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => response.destroy())
  })
  // The upload of a layer may take any time.
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port, what)))
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, what: string): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(
      `Port ${port} on ${host}, needed for ${what}, is taken by another process. Stop that process, or choose another port.`,
    )
  if (error.code === 'EACCES')
    return new Error(`Not allowed to listen on port ${port} for ${what}. Choose a port above 1023.`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(
      `${host}, needed for ${what}, is not an address of this machine. Try 127.0.0.1.`,
    )
  return error
}
