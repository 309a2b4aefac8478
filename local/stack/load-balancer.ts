import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'

export interface LoadBalancer {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface Target {
  readonly host: string
  readonly port: number
}

/**
 * Does what a load balancer does for a service: one address, behind which a healthy target answers
 * each connection, taking turns. Without one the connection is closed.
 *
 * @param healthyTargets asked for each connection
 */
export async function startLoadBalancer(
  port: number,
  healthyTargets: () => Promise<readonly Target[]>,
): Promise<LoadBalancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    keep(client)
    healthyTargets()
      .then((targets) => {
        const target = targets[turn++ % Math.max(targets.length, 1)]
        if (target === undefined) return void client.destroy()
        const upstream = connect(target.port, target.host)
        keep(upstream)
        client.pipe(upstream).pipe(client)
        client.once('close', () => upstream.destroy())
        upstream.once('close', () => client.destroy())
      })
      .catch(() => client.destroy())
  })
  function keep(socket: Socket): void {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    // An error of one connection must not end the load balancer.
    socket.on('error', () => socket.destroy())
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
