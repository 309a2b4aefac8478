import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../runtime/types.ts'
import { readBody } from './body.ts'
import { denied, expired, type CheckCredentials } from './credentials.ts'
import type { Fault } from './fault.ts'
import type { Faults } from './faults.ts'
import { without } from './without-fields.ts'
import type { WireResponse } from './protocol.ts'
import { recognise, wireOf } from './recognise.ts'
import { readSigner } from './signature.ts'
import type { Throttle } from './throttle.ts'
import { AwsError, type Call, type Operations } from './types.ts'

export interface AwsEndpoint {
  /** Operations by service: `ECS`, `ECR`, `ELBv2`, `STS`, `Logs`. */
  readonly services: Readonly<Record<string, Operations>>
  readonly faults: Faults
  readonly throttle: Throttle
  readonly clock: Clock
  /** The region of unsigned requests. */
  readonly region: string
  readonly checkCredentials: CheckCredentials
  /** Called for every call, before it is answered. */
  readonly onCall: (call: Call) => void
  /** Called if an operation fails with anything other than an `AwsError`, which is a bug. */
  readonly onBug: (error: unknown, call: string) => void
}

/** Answers calls to every AWS service on one address. */
export function awsHandler(endpoint: AwsEndpoint) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID()
    let wire = wireOf(request)
    let answer: WireResponse
    try {
      const url = new URL(request.url ?? '/', 'http://simulator')
      const recognised = recognise(request, url, await readBody(request))
      wire = recognised.wire
      const call: Call = {
        service: recognised.service,
        operation: recognised.operation,
        input: recognised.input,
        ...readSigner(request, url.searchParams, endpoint.region),
      }
      endpoint.onCall(call)
      endpoint.throttle.take(call.service, call.operation)
      const fault = endpoint.faults.take(call.service, call.operation, call.input)
      await before(fault, call, endpoint.clock)
      if (fault?.kind === 'drop') return void request.socket.destroy()
      const output = await perform(endpoint, call)
      if (fault?.kind === 'loseResponse') return void request.socket.destroy()
      answer = wire.answer(call.operation, without(output, fault?.fields ?? []), requestId)
    } catch (error) {
      answer = wire.failure(asAwsError(error, endpoint, request), requestId)
    }
    send(response, answer, requestId)
  }
}

async function before(fault: Fault | undefined, call: Call, clock: Clock): Promise<void> {
  if (fault === undefined) return
  const { kind } = fault
  if (kind === 'throttle') throw new AwsError('ThrottlingException', 'Rate exceeded', 400)
  if (kind === 'error5xx')
    throw new AwsError('ServiceUnavailable', 'Service Unavailable: injected by a fault', 503)
  if (kind === 'deny') throw denied(call.accessKeyId, call.service, call.operation)
  if (kind === 'expire') throw expired(call.service)
  if (kind === 'refuse') throw new AwsError(fault.code, fault.message)
  if (kind === 'delay')
    await new Promise<void>((resolve) => void clock.after(fault.delayMs, resolve))
}

async function perform(endpoint: AwsEndpoint, call: Call): Promise<unknown> {
  const { service, operation } = call
  const operations = endpoint.services[service] ?? {}
  const act = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (act === undefined)
    throw new AwsError(
      'UnknownOperationException',
      `The simulator does not model ${service} ${operation}. docs/reference/simulator.md lists the operations that it has.`,
    )
  endpoint.checkCredentials(call.accessKeyId, service, operation)
  return act(call)
}

function asAwsError(error: unknown, endpoint: AwsEndpoint, request: IncomingMessage): AwsError {
  if (error instanceof AwsError) return error
  endpoint.onBug(
    error,
    `${request.method} ${request.url} ${String(request.headers['x-amz-target'])}`,
  )
  return new AwsError('InternalFailure', `The simulator failed: ${String(error)}`, 500)
}

function send(response: ServerResponse, answer: WireResponse, requestId: string): void {
  // The client may have disconnected during a delay.
  if (response.destroyed) return
  response.writeHead(answer.status, { ...answer.headers, 'x-amzn-requestid': requestId })
  response.end(answer.body)
}
