import { createServer, connect, type Socket, type AddressInfo } from 'node:net'

/** A TCP proxy to a server that cuts and restores its connections, as a CI runner's network may. */
export interface FaultProxy {
  /** `127.0.0.1:41234` */
  readonly address: string
  /** Ends every connection, and accepts none until restored. */
  readonly cut: () => void
  readonly restore: () => void
  /** Resolves after so many connections were rejected: by then the client has noticed. */
  readonly rejected: (times: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function startFaultProxy(address: string): Promise<FaultProxy> {
  const [host = '', port = ''] = address.split(':')
  const open = new Set<Socket>()
  let isCut = false
  let rejections = 0
  const onRejection = new Set<() => void>()
  const server = createServer((near) => {
    if (isCut) {
      near.destroy()
      rejections += 1
      for (const check of onRejection) check()
      return
    }
    const far = connect({ host, port: Number(port) })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.pipe(other)
      // When one end breaks, the other is closed as well.
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
    restore: () => {
      isCut = false
    },
    rejected: (times) =>
      new Promise((resolve) => {
        const check = () => {
          if (rejections >= times) resolve()
        }
        onRejection.add(check)
        check()
      }),
    close: () => {
      cut()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
