import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Faults } from '../http/faults.ts'
import type { Clock } from '../runtime/types.ts'
import { createUpstream, passOn } from './forward.ts'
import { checkLogin } from './proxy-login.ts'
import { type RegistryRequest, readRegistryRequest } from './proxy-request.ts'
import type { RegistryAddress } from './http-registry.ts'
import { authorizationIn } from './presigned.ts'
import type { Pushes } from './pushes.ts'
import { immutableTag } from './put-image.ts'
import type { Registry } from './registry.ts'
import { isImmutable, type RegistryId, type Repositories, type Repository } from './repositories.ts'
import type { Tokens } from './tokens.ts'

export interface RegistryProxyContext {
  readonly address: RegistryAddress
  readonly home: RegistryId
  readonly registry: Registry
  readonly repositories: Repositories
  readonly tokens: Tokens
  readonly pushes: Pushes
  /** Service `registry`, operations such as `GET manifests`. */
  readonly faults: Faults
  readonly clock: Clock
}

interface ProxyError {
  readonly status: number
  readonly code: string
  readonly message: string
}

export interface RegistryProxy {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

/**
 * Makes ECR's registry of any OCI registry, by adding ECR's logins, its rule that a repository
 * must be created first, and its immutable tags.
 */
export function createRegistryProxy(context: RegistryProxyContext): RegistryProxy {
  const upstream = createUpstream(context.address)
  return {
    close: () => upstream.close(),
    async handle(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://registry')
      const parsed = readRegistryRequest(pathname)
      const fault = context.faults.take('registry', faultName(request, parsed))
      if (fault?.kind === 'drop') return void request.socket.destroy()
      if (fault?.kind === 'delay')
        await new Promise<void>((resolve) => void context.clock.after(fault.delayMs, resolve))
      const rejection =
        fault?.kind === 'throttle'
          ? { status: 429, code: 'TOOMANYREQUESTS', message: 'Rate exceeded' }
          : fault?.kind === 'error5xx'
            ? { status: 503, code: 'UNAVAILABLE', message: 'injected by a fault' }
            : await errorFor(context, request, parsed)
      if (rejection !== undefined) return reply(request, response, rejection)

      let answer: IncomingMessage
      try {
        answer = await upstream.send(request)
      } catch (error) {
        return reply(request, response, unreachable(context.address, error))
      }
      if (answer.statusCode === 401 || answer.statusCode === 403) {
        answer.resume()
        return reply(request, response, misconfigured(context.address))
      }
      notePush(context, request, parsed, answer)
      if (fault?.kind === 'loseResponse') {
        answer.destroy()
        return void request.socket.destroy()
      }
      await passOn(answer, response, `http://${request.headers.host ?? ''}`)
    },
  }
}

async function errorFor(
  context: RegistryProxyContext,
  request: IncomingMessage,
  parsed: RegistryRequest,
): Promise<ProxyError | undefined> {
  const { home, registry, repositories, tokens } = context
  const repository = parsed.kind === 'repository' ? repositories.at(parsed.repository) : undefined
  const authorization =
    request.headers.authorization ??
    authorizationIn(request.method ?? '', new URL(request.url ?? '/', 'http://registry'))
  const login = checkLogin(authorization, tokens, regionOf(context, repository))
  if (login.kind === 'rejected') return login
  if (parsed.kind === 'ping') return undefined
  if (parsed.kind === 'other')
    return { status: 404, code: 'UNSUPPORTED', message: 'The operation is unsupported.' }
  if (repository === undefined)
    return {
      status: 404,
      code: 'NAME_UNKNOWN',
      message: `The repository with name '${parsed.repository}' does not exist in the registry with id '${home.account}'`,
    }
  if (request.method === 'DELETE' && !parsed.reference.startsWith('uploads/'))
    return {
      status: 405,
      code: 'UNSUPPORTED',
      message: 'The operation is unsupported. Images are deleted with BatchDeleteImage.',
    }
  const tag = pushedTag(request, parsed)
  if (tag === undefined || !isImmutable(repository, tag)) return undefined
  if ((await registry.manifest(parsed.repository, tag)) === undefined) return undefined
  return { status: 400, code: 'TAG_INVALID', message: immutableTag(repository.name, tag) }
}

/** Undefined for the simulator's own registry, which answers in every region. */
function regionOf({ home }: RegistryProxyContext, repository: Repository | undefined) {
  if (repository === undefined) return undefined
  const { account, region } = repository
  return account === home.account && region === home.region ? undefined : region
}

function pushedTag(request: IncomingMessage, parsed: RegistryRequest): string | undefined {
  if (request.method !== 'PUT' || parsed.kind !== 'repository' || parsed.resource !== 'manifests')
    return undefined
  return parsed.reference.startsWith('sha256:') ? undefined : parsed.reference
}

function notePush(
  { pushes }: RegistryProxyContext,
  request: IncomingMessage,
  parsed: RegistryRequest,
  answer: IncomingMessage,
): void {
  const digest = answer.headers['docker-content-digest']
  const stored = request.method === 'PUT' && answer.statusCode === 201
  if (stored && parsed.kind === 'repository' && parsed.resource === 'manifests')
    if (typeof digest === 'string') pushes.note(parsed.repository, digest)
}

function faultName(request: IncomingMessage, parsed: RegistryRequest): string {
  return `${request.method} ${parsed.kind === 'repository' ? parsed.resource : parsed.kind}`
}

function unreachable({ url }: RegistryAddress, error: unknown): ProxyError {
  return {
    status: 503,
    code: 'UNAVAILABLE',
    message: `The registry at ${url} behind the proxy cannot be reached: ${String(error)}`,
  }
}

/** The registry's own 401 or 403 is not forwarded: a client would blame its own login. */
function misconfigured({ url, username }: RegistryAddress): ProxyError {
  return {
    status: 502,
    code: 'UNAVAILABLE',
    message: `The registry at ${url} behind the proxy rejects the login of user ${username}. Check the user name and password that the simulator was started with.`,
  }
}

function reply(request: IncomingMessage, response: ServerResponse, error: ProxyError): void {
  if (response.headersSent) return void response.destroy()
  // An unread rest of a layer would block the next request on this connection.
  request.resume()
  response.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'docker-distribution-api-version': 'registry/2.0',
    ...(error.status === 401 && {
      'www-authenticate': `Basic realm="http://${request.headers.host ?? ''}/",service="ecr.amazonaws.com"`,
    }),
  })
  response.end(
    request.method === 'HEAD'
      ? undefined
      : JSON.stringify({ errors: [{ code: error.code, message: error.message }] }),
  )
}
