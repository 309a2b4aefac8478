import { setTimeout as delay } from 'node:timers/promises'
import { Client, Connection, type ConnectionOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { explained, grpcStatus, isOutage, errorMessage } from './explain-error.ts'
import { UserError } from './user-error.ts'

/** Longer than a handshake over any ocean; shorter than a person's patience. */
const connectTimeoutMs = 5_000

export interface Connected extends AsyncDisposable {
  readonly client: Client
  /** As it was configured: `localhost:7233`. */
  readonly address: string
  readonly namespace: string
}

/**
 * Connects to Temporal as Temporal's own tools do: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
 * `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, and the profiles of its configuration file.
 *
 * @throws Refusal where the profile cannot be read or the server does not answer within seconds
 */
export async function connect(options: { profile?: string | undefined } = {}): Promise<Connected> {
  const { connectionOptions, namespace = 'default' } = readProfile(options.profile)
  const { address = 'localhost:7233' } = connectionOptions
  const connection = Connection.lazy({
    ...(connectionOptions as ConnectionOptions),
    connectTimeout: connectTimeoutMs,
    // See `persistently`, which does it where it may be done.
    interceptors: [],
  })
  const giveUp = new AbortController()
  const connecting = connection.ensureConnected()
  try {
    await Promise.race([
      connecting,
      // The connection's own time-out does not cover looking up the name.
      delay(connectTimeoutMs + 1_000, undefined, { signal: giveUp.signal }).then(() => {
        throw new Error('no answer in time')
      }),
    ])
  } catch (error) {
    // Only once the attempt is over: a connection that is closed in the middle of a call throws.
    const close = () => connection.close()
    connecting.then(close, close).catch(() => {})
    // A server that answers, though not as hoped, is there: a wrong API key, for instance.
    if (grpcStatus(error) !== undefined && !isOutage(error)) throw explained(error)
    throw unreachable(address, error)
  } finally {
    giveUp.abort()
  }
  return {
    client: new Client({ connection, namespace }),
    address,
    namespace,
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

/** Connects, does something, and closes the connection whatever came of it. */
export async function withConnection<T>(
  options: { readonly profile?: string | undefined },
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const connected = await connect(options)
  try {
    return await work(connected)
  } finally {
    await connected[Symbol.asyncDispose]()
  }
}

function readProfile(profile: string | undefined) {
  try {
    return loadClientConnectConfig(profile === undefined ? {} : { profile })
  } catch (error) {
    throw new UserError(
      `The configuration of the Temporal client cannot be used: ${errorMessage(error)}. ` +
        'See the TEMPORAL_… variables, and: temporal config list',
      { cause: error },
    )
  }
}

function unreachable(address: string, error: unknown): UserError {
  return new UserError(
    `No Temporal server answers at ${address} (${errorMessage(error)}). ` +
      'Start one here with `slipway local up`, or say where it is: TEMPORAL_ADDRESS, or --profile with a profile of Temporal’s configuration file.',
    { cause: error },
  )
}
