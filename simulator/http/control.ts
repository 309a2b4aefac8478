import type { IncomingMessage } from 'node:http'
import { readBody } from './body.ts'
import type { Faults } from './faults.ts'
import type { Handler } from './listen.ts'

/** Paths below this prefix belong to the simulator itself, not to an AWS service. */
export const controlPrefix = '/_simulator/'

/** One request to the control interface. */
export interface ControlRequest {
  /** The rest of the path: `5` in `DELETE faults/5`; may be empty. */
  readonly name: string
  /** The JSON body; `undefined` if there is none. */
  readonly body: unknown
}

/** By method and resource, such as `POST faults`. Returns the answer; errors become status 400. */
export type ControlRoutes = Readonly<Record<string, (request: ControlRequest) => unknown>>

/** The control interface: JSON over HTTP. */
export function controlHandler(routes: ControlRoutes): Handler {
  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://simulator').pathname
    const [resource = '', ...rest] = path.slice(controlPrefix.length).split('/')
    const route = `${request.method} ${resource}`
    const act = Object.hasOwn(routes, route) ? routes[route] : undefined
    const [status, body] =
      act === undefined
        ? [404, { error: `Unknown: ${route}. Use one of ${Object.keys(routes).join(', ')}.` }]
        : await answer(act, rest.join('/'), request)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(body, null, 2)}\n`)
  }
}

async function answer(
  act: (request: ControlRequest) => unknown,
  name: string,
  request: IncomingMessage,
): Promise<[number, unknown]> {
  try {
    const text = await readBody(request)
    return [
      200,
      act({ name: decodeURIComponent(name), body: text === '' ? undefined : JSON.parse(text) }),
    ]
  } catch (error) {
    return [400, { error: error instanceof Error ? error.message : String(error) }]
  }
}

/** Adding, listing and removing faults. */
export function faultRoutes(faults: Faults): ControlRoutes {
  return {
    'GET faults': () => ({ faults: faults.list() }),
    'POST faults': ({ body }) => faults.add(body),
    'DELETE faults': ({ name }) => {
      const gone = faults.clear(name === '' ? undefined : name)
      if (name !== '' && gone === 0)
        throw new Error(`There is no fault ${name}. It may have been used up.`)
      return { faults: faults.list() }
    },
  }
}
