import { Client, Connection, type ConnectionOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { type AbortOptions, abortable, pause } from './abort.ts'
import { errorMessage } from './error-message.ts'
import { asUserError } from './errors.ts'
import { grpcStatus, isOutage, isUnimplemented } from './grpc-status.ts'
import { UserError } from '../user-error.ts'

/** Longer than a handshake over any ocean; shorter than a person's patience. */
const connectTimeoutMs = 5_000

/** Between two attempts to reach a server that refuses connections. */
const retryEveryMs = 200

export interface ConnectOptions extends AbortOptions {
  /** Of Temporal's configuration file. @default `TEMPORAL_PROFILE`, then `default` */
  readonly profile?: string | undefined
}

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
 * @throws UserError if the profile cannot be read or the server does not answer within 5 s; the
 *   signal's reason when it is aborted
 */
export async function connect(options: ConnectOptions = {}): Promise<Connected> {
  const { connectionOptions, namespace = 'default' } = readProfile(options.profile)
  const { address = 'localhost:7233' } = connectionOptions
  const connection = Connection.lazy({
    ...(connectionOptions as ConnectionOptions),
    // `callTemporal` retries instead: it can be cancelled.
    interceptors: [],
  })
  const client = new Client({ connection, namespace })
  try {
    await abortable(client, options.signal, () => untilReachable(connection, options))
  } catch (error) {
    await connection.close()
    options.signal?.throwIfAborted()
    // A server that rejects the call was reached: the API key may be wrong, for instance.
    if (grpcStatus(error) !== undefined && !isOutage(error)) throw asUserError(error)
    throw unreachable(address, error)
  }
  return { client, address, namespace, [Symbol.asyncDispose]: () => connection.close() }
}

/**
 * The connection's own `ensureConnected` cannot be cancelled, and its timer outlives a connection
 * that is closed meanwhile.
 */
async function untilReachable(connection: Connection, { signal }: AbortOptions): Promise<void> {
  const giveUpAt = Date.now() + connectTimeoutMs
  for (;;) {
    try {
      await connection.withDeadline(giveUpAt, () => connection.workflowService.getSystemInfo({}))
      return
    } catch (error) {
      // An old server, which does not have this call.
      if (isUnimplemented(error)) return
      if (!isOutage(error) || Date.now() + retryEveryMs > giveUpAt) throw error
      await pause(retryEveryMs, signal)
    }
  }
}

/** Connects, does something, and closes the connection whatever came of it. */
export async function withConnection<T>(
  options: ConnectOptions,
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
        'Check the TEMPORAL_… variables, and the output of: temporal config list',
      { cause: error },
    )
  }
}

function unreachable(address: string, error: unknown): UserError {
  return new UserError(
    `No Temporal server answers at ${address} (${errorMessage(error)}). ` +
      'Start one with `slipway local up`, or set its address: TEMPORAL_ADDRESS, or --profile with a profile of Temporal’s configuration file.',
    { cause: error },
  )
}
