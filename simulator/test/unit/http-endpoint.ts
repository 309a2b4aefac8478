import { createFaults, type Faults } from '../../http/faults.ts'
import { createEndpoint } from '../../http/endpoint.ts'
import { createThrottle, type ThrottleKind } from '../../http/throttle.ts'
import { listen } from '../../http/listen.ts'
import type { Operations } from '../../http/types.ts'
import type { Clock } from '../../runtime/types.ts'
import { realClock } from '../../clock/index.ts'

export interface TestEndpoint {
  readonly url: string
  readonly faults: Faults
  /** Options of an SDK client. It does not retry, so that a test sees the first answer. */
  client(accessKeyId?: string): {
    endpoint: string
    region: string
    maxAttempts: number
    credentials: { accessKeyId: string; secretAccessKey: string }
  }
  [Symbol.asyncDispose](): Promise<void>
}

/** An endpoint on a free port, with these services. */
export async function testEndpoint(
  services: Readonly<Record<string, Operations>>,
  options: {
    clock?: Clock
    faults?: Faults
    throttle?: ThrottleKind
    expiresAt?: (accessKeyId: string) => number | undefined
  } = {},
): Promise<TestEndpoint> {
  const { clock = realClock(), faults = createFaults(), expiresAt = () => undefined } = options
  const listening = await listen(
    createEndpoint({
      clock,
      region: 'us-east-1',
      services,
      faults,
      throttle: createThrottle(options.throttle ?? 'off', clock),
      expiresAt,
      state: () => ({ account: '000000000000' }),
    }),
    { host: '127.0.0.1', port: 0, what: 'a test' },
  )
  return {
    url: listening.url,
    faults,
    client: (accessKeyId = 'AKIATEST') => ({
      endpoint: listening.url,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'secret' },
    }),
    [Symbol.asyncDispose]: () => listening.close(),
  }
}
