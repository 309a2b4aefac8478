import { get } from 'node:http'
import type { ProbeAnswer } from './types.ts'

/** One health check over HTTP. As for a load balancer, a redirect is an answer like any other. */
export function probePort(port: number, path: string, timeoutMs: number): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: '127.0.0.1',
        port,
        path,
        // Each check opens a new connection: an open one could outlive a listener that has died.
        agent: false,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        resolve({ kind: 'status', status: response.statusCode ?? 0 })
        response.destroy()
      },
    )
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? { kind: 'timeout' }
          : { kind: 'refused', reason: error.code ?? error.message },
      ),
    )
  })
}
