import type { Clock } from '../runtime/types.ts'
import { controlHandler, controlPrefix, type ControlRoutes, faultRoutes } from './control.ts'
import { checkCredentials } from './credentials.ts'
import type { Faults } from './faults.ts'
import type { Handler } from './listen.ts'
import { awsHandler } from './server.ts'
import type { Throttle } from './throttle.ts'
import type { Operations } from './types.ts'

export interface EndpointOptions {
  readonly clock: Clock
  readonly region: string
  readonly services: Readonly<Record<string, Operations>>
  readonly faults: Faults
  readonly throttle: Throttle
  /** When temporary credentials expire, ms since the epoch; `undefined` for other credentials. */
  readonly expiresAt: (accessKeyId: string) => number | undefined
  /** What `GET /_simulator/state` shows beside calls and faults. */
  readonly state: () => Readonly<Record<string, unknown>>
  /** More of `/_simulator/`. */
  readonly control?: ControlRoutes
}

/** Serves every AWS service and `/_simulator/` on one address. */
export function createEndpoint(options: EndpointOptions): Handler {
  const { clock, region, services, faults, throttle } = options
  const calls = new Map<string, number>()
  const aws = awsHandler({
    services,
    faults,
    throttle,
    clock,
    region,
    checkCredentials: checkCredentials(() => clock.now(), options.expiresAt),
    onCall({ service, operation }) {
      const name = `${service}:${operation}`
      calls.set(name, (calls.get(name) ?? 0) + 1)
    },
    onBug: (error, call) => console.error(`simulator: ${call} failed:`, error),
  })
  const control = controlHandler({
    'GET health': () => ({ status: 'ok' }),
    'GET state': () => ({
      ...options.state(),
      now: new Date(clock.now()),
      calls: Object.fromEntries([...calls].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      throttled: throttle.throttled(),
      faults: faults.list(),
    }),
    ...faultRoutes(faults),
    ...options.control,
  })
  return (request, response) =>
    request.url?.startsWith(controlPrefix) ? control(request, response) : aws(request, response)
}
