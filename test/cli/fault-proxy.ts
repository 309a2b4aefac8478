import { createServer, connect, type Socket, type AddressInfo } from 'node:net'

/** A way to a server that a test can cut and mend, as the network of a CI runner may be. */
export interface Cuttable {
  /** `127.0.0.1:41234` */
  readonly address: string
  /** Ends every connection, and takes no new one until mended. */
  readonly cut: () => void
  /** Resolves once so many connections were not taken: whoever tried them has noticed. */
  readonly refused: (times: number) => Promise<void>
  readonly mend: () => void
  readonly close: () => Promise<void>
}

export async function cuttableWayTo(address: string): Promise<Cuttable> {
  const [host = '', port = ''] = address.split(':')
  const open = new Set<Socket>()
  let isCut = false
  let refusals = 0
  const onRefusal = new Set<() => void>()
  const server = createServer((near) => {
    if (isCut) {
      near.destroy()
      refusals += 1
      for (const look of onRefusal) look()
      return
    }
    const far = connect({ host, port: Number(port) })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.pipe(other)
      // Whichever end breaks, the other one goes with it.
      socket
        .on('error', () => other.destroy())
        .on('close', () => {
          open.delete(socket)
          other.destroy()
        })
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    refused: (times) =>
      new Promise((resolve) => {
        const look = () => {
          if (refusals >= times) resolve()
        }
        onRefusal.add(look)
        look()
      }),
    mend: () => {
      isCut = false
    },
    close: () => {
      cut()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
