import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** @throws if that port of 127.0.0.1 is in use */
export async function requireFreePort(port: number, what: string): Promise<number> {
  if ((await tryPort(port)) !== undefined) return port
  throw new Error(
    `Port ${port} of 127.0.0.1, wanted for ${what}, is taken or not allowed. Stop what listens there, or choose another port.`,
  )
}

/** Below what Linux, macOS and Windows hand out by themselves to connections and listeners. */
const quietPorts = { from: 20_000, to: 32_768 }

/**
 * The preferred port of 127.0.0.1 if it is free, else a random one. Another program may still take it
 * before it is used: there is no better way for programs that need a number in advance. Ports outside
 * the range from which the system picks by itself are rarely taken.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred && (await tryPort(preferred)) !== undefined) return preferred
  for (let tries = 0; tries < 20; tries += 1) {
    const port = await tryPort(randomInt(quietPorts.from, quietPorts.to))
    if (port !== undefined) return port
  }
  const any = await tryPort(0)
  if (any === undefined) throw new Error('found no free port on 127.0.0.1')
  return any
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.unref()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : undefined
      server.close(() => resolve(found))
    })
  })
}
