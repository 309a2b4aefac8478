import { type EnvironmentSpec, isEnvironmentSpec } from '../../../contract/environment-spec.ts'
import type { DeployRequest, RedeployRequest, Requester } from '../../../contract/requests.ts'
import { whyUndecodable } from '../../temporal/undecodable.ts'
import { anonymous } from './parse-control.ts'
import { fieldsOf } from '../../../contract/check.ts'
import { cut, jsonBytes } from '../../../contract/size.ts'

export type ParsedRequest = { readonly replyTo?: Requester } & (
  | { readonly kind: 'good'; readonly request: DeployRequest | RedeployRequest }
  | { readonly kind: 'malformed'; readonly by: string; readonly reason: string }
)

/**
 * Parses a request that came by signal, from a schedule or from a person at the Temporal UI or CLI.
 * `{"kind": "redeploy"}` is enough, since the environment has the spec of the last request. A malformed
 * request must not get further: a workflow that fails on it would retry the same task for ever.
 */
export function parseRequest(body: unknown, known: EnvironmentSpec | undefined): ParsedRequest {
  const why = whyUndecodable(body)
  if (why !== undefined) {
    return { kind: 'malformed', by: anonymous, reason: `it cannot be read: ${why}; ${expected}` }
  }
  const fields = fieldsOf(body) ?? {}
  const by = text(fields['requestedBy']) ?? anonymous
  const replyTo = requesterOf(fields['replyTo'])
  const read = requestOf(body, by, known)
  return {
    ...(typeof read === 'string'
      ? { kind: 'malformed', by, reason: `${read}; ${expected}` }
      : { kind: 'good', request: read }),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
}

/**
 * What is wrong with the body of an Update `release` or `rollback`, if anything: anyone may send one.
 * Every field of a rollback may be absent.
 */
export function faultIn(kind: 'release' | 'rollback', body: unknown): string | undefined {
  const why = whyUndecodable(body)
  if (why !== undefined) return `it cannot be read: ${why}`
  const fields = fieldsOf(body)
  if (fields === undefined) return `found ${shown(body)}; expected an object`
  if (kind === 'rollback' || fields['kind'] === 'rollback') return faultInRollback(kind, fields)
  const override = fields['override']
  if (override !== undefined && !isShort(fieldsOf(override)?.['reason'])) {
    return '"override" has no "reason"'
  }
  const { requestedBy, subject, committedAt } = fields
  if (!isShort(requestedBy)) return '"requestedBy" is not a text'
  if (fields['kind'] === 'deploy' && !isShort(subject)) return '"subject" is not a text'
  if (committedAt !== undefined && typeof committedAt !== 'number') {
    return '"committedAt" is not a number of milliseconds'
  }
  const read = requestOf(body, requestedBy, undefined)
  return typeof read === 'string' ? `${read}; ${expected}, each with a "spec"` : undefined
}

function faultInRollback(
  kind: 'release' | 'rollback',
  fields: Readonly<Record<string, unknown>>,
): string | undefined {
  const { spec } = fields
  if ((kind === 'release' || spec !== undefined) && !isEnvironmentSpec(spec)) return noSpec
  const wrong = ['to', 'reason', 'requestedBy'].find(
    (name) => fields[name] !== undefined && !isShort(fields[name]),
  )
  if (wrong !== undefined) return `"${wrong}" is not a text of at most 2,000 characters`
  const known = ['kind', 'spec', 'to', 'reason', 'requestedBy']
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  // A rollback to something else than what was meant is worse than none.
  if (unknown !== undefined) {
    return `"${unknown.slice(0, 80)}" is not a field of a rollback, which has ${known.join(', ')}`
  }
  return kind === 'release' && !isShort(fields['requestedBy'])
    ? '"requestedBy" is not a text'
    : undefined
}

const noSpec = '"spec" is not an environment of a configuration'

const expected =
  'expected {"kind": "redeploy"}, or {"kind": "deploy", "commit": "<40 hexadecimal digits>"}'

/** The request, or what is wrong with the body. */
function requestOf(
  body: unknown,
  requestedBy: string,
  known: EnvironmentSpec | undefined,
): DeployRequest | RedeployRequest | string {
  const fields = fieldsOf(body)
  if (fields === undefined) return `found ${shown(body)}`
  const spec = fields['spec'] ?? known
  if (spec === undefined) return 'nothing has been released here yet, so a "spec" is needed'
  if (!isEnvironmentSpec(spec)) return noSpec
  if (fields['kind'] === 'redeploy') return { kind: 'redeploy', spec, requestedBy }
  if (fields['kind'] !== 'deploy') return `"kind" is ${shown(fields['kind'])}`
  const { commit, rebuild, committedAt } = fields
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) {
    return '"commit" is not a full commit id'
  }
  const again = rebuild === undefined ? '' : text(rebuild)
  if (again === undefined || !/^[0-9A-Za-z]{0,20}$/.test(again)) {
    return '"rebuild" is not a text of at most 20 letters and digits'
  }
  return {
    kind: 'deploy',
    spec,
    requestedBy,
    commit,
    subject: text(fields['subject'])?.slice(0, 120) ?? '',
    ...(again === '' ? {} : { rebuild: again }),
    ...(typeof committedAt === 'number' ? { committedAt } : {}),
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 2_000
}

/** Temporal fails the task of a workflow that sends a signal to an id that cannot be one. */
function requesterOf(value: unknown): Requester | undefined {
  const fields = fieldsOf(value) ?? {}
  const { workflowId, runId } = fields
  if (!isWorkflowId(workflowId)) return undefined
  if (runId === undefined || runId === '') return { workflowId }
  return typeof runId === 'string' && uuid.test(runId) ? { workflowId, runId } : undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Temporal's limit for an id is 1,000 bytes (`limit.maxIDLength`). */
function isWorkflowId(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.isWellFormed() && jsonBytes(value) <= 1_000
  )
}

/** Foreign text, cut to a length that fits the history and the UI. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? cut(value, 500) : undefined
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}
