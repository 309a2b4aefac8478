import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as startRequest,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream/promises'
import { basic, type RegistryAddress } from './http-registry.ts'

/** Headers that belong to one connection and not to the message (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  // The proxy has already answered it.
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The registry behind the proxy, to which requests are streamed. */
export interface Upstream {
  /** Forwards a request. Returns the registry's response once its headers have arrived. */
  send(request: IncomingMessage): Promise<IncomingMessage>
  close(): void
}

export function createUpstream(address: RegistryAddress): Upstream {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(address.url)
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const upstream = startRequest({
          agent,
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port: port || 80,
          method: request.method,
          path: request.url,
          headers: { ...withoutHops(request.headers), authorization: basic(address) },
        })
        upstream.once('response', resolve)
        upstream.once('error', reject)
        // Streamed, so that a layer of any size takes only a few kilobytes of memory.
        pipeline(request, upstream).catch(reject)
      }),
    close: () => agent.destroy(),
  }
}

/**
 * Sends the registry's response to the client. The registry builds addresses from the `Host`
 * header, which is the proxy's. If it is configured with an address of its own, that is replaced:
 * otherwise the client would bypass the proxy with its next request.
 */
export async function passOn(
  answer: IncomingMessage,
  response: ServerResponse,
  proxyUrl: string,
): Promise<void> {
  const headers = withoutHops(answer.headers)
  if (headers.location !== undefined) {
    const { pathname, search } = new URL(headers.location, proxyUrl)
    headers.location = `${proxyUrl}${pathname}${search}`
  }
  response.writeHead(answer.statusCode ?? 502, headers)
  await pipeline(answer, response)
}

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)))
}
