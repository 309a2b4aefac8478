import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Listening {
  readonly port: number
  /** `http://host:port` */
  readonly url: string
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>
}

/**
 * Serves HTTP on `host`, on `port` or, when it is 0, on any free one.
 *
 * Fails when the port is taken or not allowed, saying which one and what to do.
 */
export async function listen(
  handler: Handler,
  { host, port, what }: { host: string; port: number; what: string },
): Promise<Listening> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => response.destroy())
  })
  // A pushed layer may take as long as it takes.
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
      `Port ${port} on ${host}, wanted for ${what}, is taken by another process. Stop that process, or choose another port.`,
    )
  if (error.code === 'EACCES')
    return new Error(`Not allowed to listen on port ${port} for ${what}. Choose one above 1023.`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(`${host}, wanted for ${what}, is no address of this machine. Try 127.0.0.1.`)
  return error
}
