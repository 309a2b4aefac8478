import type { Wire, WireResponse } from './protocol.ts'
import { AwsError } from './types.ts'
import { toXml } from './xml.ts'

/** Errors common to all services that have another name in the query protocol. */
const ownNames: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  ThrottlingException: { code: 'Throttling', status: 400 },
  UnknownOperationException: { code: 'InvalidAction', status: 400 },
}

/** AWS's query protocol: forms in, XML out, errors in an `ErrorResponse`. */
export function queryWire(namespace: string): Wire {
  const attributes = ` xmlns="${namespace}"`
  return {
    answer: (operation, output, requestId): WireResponse =>
      xml(
        200,
        toXml(
          `${operation}Response`,
          { [`${operation}Result`]: output ?? {}, ResponseMetadata: { RequestId: requestId } },
          attributes,
        ),
      ),
    failure: (error, requestId): WireResponse => {
      const { code, status } = ownNames[error.code] ?? error
      return xml(
        status,
        toXml(
          'ErrorResponse',
          {
            Error: {
              Type: status < 500 ? 'Sender' : 'Receiver',
              Code: code,
              Message: error.message,
            },
            RequestId: requestId,
          },
          attributes,
        ),
      )
    },
  }
}

/** The operation that a form requests. Fails with `MissingAction`, as AWS does, without one. */
export function readAction(form: URLSearchParams): { action: string; version: string } {
  const action = form.get('Action')
  if (!action) throw new AwsError('MissingAction', 'The request has no Action parameter.')
  return { action, version: form.get('Version') ?? '' }
}

function xml(status: number, body: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`,
  }
}
