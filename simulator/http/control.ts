import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from './body.ts'
import type { Faults } from './faults.ts'

/** Everything under it is the simulator's own, and no AWS service's. */
export const controlPrefix = '/_simulator/'

export interface Control {
  readonly faults: Faults
  /** What `GET /_simulator/state` shows. */
  readonly state: () => unknown
}

type Reply = { readonly status: number; readonly body: unknown }

/** The control interface: JSON over HTTP. */
export function controlHandler(control: Control) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await reply(control, request)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(body, null, 2)}\n`)
  }
}

async function reply({ faults, state }: Control, request: IncomingMessage): Promise<Reply> {
  const path = new URL(request.url ?? '/', 'http://simulator').pathname.slice(controlPrefix.length)
  const asked = `${request.method} ${path}`
  const one = /^DELETE faults\/(.+)$/.exec(asked)?.[1]
  if (one !== undefined)
    return faults.clear(one) === 1
      ? { status: 200, body: { faults: faults.list() } }
      : { status: 404, body: { error: `There is no fault ${one}; it may be used up.` } }
  switch (asked) {
    case 'GET health':
      return { status: 200, body: { status: 'ok' } }
    case 'GET state':
      return { status: 200, body: state() }
    case 'GET faults':
      return { status: 200, body: { faults: faults.list() } }
    case 'DELETE faults':
      faults.clear()
      return { status: 200, body: { faults: [] } }
    case 'POST faults':
      try {
        return { status: 201, body: faults.add(JSON.parse(await readBody(request))) }
      } catch (error) {
        return { status: 400, body: { error: error instanceof Error ? error.message : error } }
      }
    default:
      return {
        status: 404,
        body: {
          error: `There is no ${request.method} ${controlPrefix}${path}; there are GET health, GET state, and GET, POST and DELETE faults.`,
        },
      }
  }
}
