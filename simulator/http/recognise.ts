import type { IncomingMessage } from 'node:http'
import { cborWire } from './cbor.ts'
import { readForm } from './form.ts'
import { jsonWire, readJsonInput } from './json.ts'
import type { Recognised, Wire } from './protocol.ts'
import { queryWire, readAction } from './query.ts'
import { AwsError } from './types.ts'

/** First part of `X-Amz-Target`. */
const jsonServices: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ECS',
  AmazonEC2ContainerRegistry_V20150921: 'ECR',
  Logs_20140328: 'Logs',
  GraniteServiceVersion20100801: 'CloudWatch',
}

/** `Version` of the form. */
const queryServices: Readonly<Record<string, { service: string; namespace: string }>> = {
  '2015-12-01': {
    service: 'ELBv2',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  },
  '2011-06-15': { service: 'STS', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  '2010-08-01': {
    service: 'CloudWatch',
    namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  },
}

/** The protocol for an error before the operation is known, by the request's content type. */
export function wireOf(request: IncomingMessage): Wire {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return cborWire
  if (isForm(request)) return queryWire('http://webservices.amazon.com/')
  return jsonWire(request.headers['content-type']?.includes('json-1.0') ? '1.0' : '1.1')
}

/**
 * Recognises the service and operation of a request: by `X-Amz-Target` (JSON), by `Action` and
 * `Version` (query), or by its path (RPC v2 CBOR). This is enough to serve all of them on one
 * address.
 *
 * Fails with `UnknownOperationException` for any other service.
 */
export function recognise(request: IncomingMessage, url: URL, body: string): Recognised {
  const rpc = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(url.pathname)
  if (rpc?.[1] !== undefined && rpc[2] !== undefined)
    return {
      service: jsonServices[rpc[1]] ?? rpc[1],
      operation: rpc[2],
      // The body is CBOR; no operation of this protocol is modelled.
      input: {},
      wire: cborWire,
    }

  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    const [prefix = '', operation = ''] = target.split('.')
    const service = jsonServices[prefix]
    if (service === undefined) throw unknownService(`X-Amz-Target ${target}`)
    return { service, operation, input: readJsonInput(body), wire: wireOf(request) }
  }

  const form = isForm(request) ? new URLSearchParams(body) : url.searchParams
  if (form.size === 0) throw unknownService(`${request.method} ${url.pathname}`)
  const { action, version } = readAction(form)
  const known = queryServices[version]
  if (known === undefined) throw unknownService(`Action ${action}, Version ${version}`)
  const { Action: _action, Version: _version, ...input } = readForm(form)
  return { service: known.service, operation: action, input, wire: queryWire(known.namespace) }
}

function isForm(request: IncomingMessage): boolean {
  return request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
}

function unknownService(found: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The simulator does not know this request (${found}). It models ECS, ECR, ELBv2, STS and CloudWatch Logs; see docs/reference/simulator.md.`,
  )
}
