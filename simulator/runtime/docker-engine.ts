import { Agent, type IncomingMessage, request as send, type RequestOptions } from 'node:http'
import { connectOptions } from './docker-address.ts'

/** An error response of the engine: the HTTP status, and the engine's own message. */
export class DockerError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface EngineRequest {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Aborts the request; the engine then aborts the work. */
  readonly signal?: AbortSignal
}

/** The API of one Docker engine, or of Podman's compatible service. */
export interface DockerEngine {
  /** Returns the whole body. Fails with a {@link DockerError} for any status of 400 or above. */
  call(method: string, path: string, options?: EngineRequest): Promise<Buffer>
  close(): void
}

/** Docker's API is only ever extended: this version (of 2020) has all that is needed here. */
const apiVersion = 1.41

/**
 * Connects to the engine at `dockerHost` (in the format of `DOCKER_HOST`) and agrees with it on a
 * version of the API.
 *
 * Fails, with the address in its message, if no engine answers there.
 */
export async function connectDocker(dockerHost: string): Promise<DockerEngine> {
  const agent = new Agent({ keepAlive: true })
  const target = connectOptions(dockerHost)
  const callWith = (prefix: string): DockerEngine['call'] => {
    return async (method, path, { query = {}, body, headers = {}, signal } = {}) => {
      const search = new URLSearchParams(query).toString()
      const content = body === undefined ? '' : JSON.stringify(body)
      const answer = await exchange(
        {
          ...target,
          agent,
          method,
          ...(signal && { signal }),
          path: `${prefix}${path}${search && `?${search}`}`,
          headers: {
            host: 'docker',
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(content)),
            ...headers,
          },
        },
        content,
      )
      if (answer.status >= 400) throw new DockerError(answer.status, errorMessage(answer.body))
      return answer.body
    }
  }
  let version: { ApiVersion?: string; MinAPIVersion?: string }
  try {
    version = JSON.parse((await callWith('')('GET', '/version')).toString()) as typeof version
  } catch (error) {
    agent.destroy()
    throw new Error(
      `No Docker engine answers at ${dockerHost} (${error instanceof Error ? error.message : String(error)}). Start one, set DOCKER_HOST to its address, or run the simulator with --runtime scripted.`,
      { cause: error },
    )
  }
  const agreed = agree(version)
  return { call: callWith(`/v${agreed}`), close: () => agent.destroy() }
}

function agree({ ApiVersion, MinAPIVersion }: { ApiVersion?: string; MinAPIVersion?: string }) {
  const newest = Number(ApiVersion ?? apiVersion)
  const oldest = Number(MinAPIVersion ?? apiVersion)
  return Math.max(oldest, Math.min(newest, apiVersion)).toFixed(2)
}

function exchange(
  options: RequestOptions,
  content: string,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = send(options, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
      )
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(content)
  })
}

function errorMessage(body: Buffer): string {
  const text = body.toString('utf8').trim()
  try {
    const { message, cause } = JSON.parse(text) as { message?: string; cause?: string }
    return message ?? cause ?? text
  } catch {
    return text
  }
}
