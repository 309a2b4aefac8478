import { get } from 'node:http'
import type { ProbeAnswer } from './types.ts'

/** One health check over HTTP. A redirect is an answer like any other, as for a load balancer. */
export function probePort(port: number, path: string, timeoutMs: number): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const request = get(
      {
        host: '127.0.0.1',
        port,
        path,
        // Each check is a connection of its own: one kept open would outlive a listener that died.
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
