import type { Target } from '../../config/target.ts'
import type { DeployRequest, RedeployRequest } from '../types.ts'
import type { Asker } from './asked.ts'

export type ReadRequest = { readonly replyTo?: Asker } & (
  | { readonly kind: 'good'; readonly request: DeployRequest | RedeployRequest }
  | { readonly kind: 'malformed'; readonly by: string; readonly reason: string }
)

/**
 * Reads a request that came by a signal, from a schedule or from somebody at the Temporal UI or
 * CLI: `{"kind": "redeploy"}` is enough there, since the environment knows its target from the
 * last request. What is malformed must not come further: a workflow that stumbles over it would
 * try the same task for ever.
 */
export function readRequest(body: unknown, known: Target | undefined): ReadRequest {
  const fields = objectOf(body) ?? {}
  const by = text(fields['requestedBy']) ?? 'the Temporal UI or CLI'
  const replyTo = askerOf(fields['replyTo'])
  const read = requestOf(body, by, known)
  return {
    ...(typeof read === 'string'
      ? { kind: 'malformed', by, reason: `${read}; ${expected}` }
      : { kind: 'good', request: read }),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
}

/**
 * What is wrong with the body of an Update `release` or `rollback`, if anything: our own commands
 * send what fits, others may send anything. A rollback may leave everything out.
 */
export function faultIn(kind: 'release' | 'rollback', body: unknown): string | undefined {
  const fields = objectOf(body)
  if (fields === undefined) return `found ${shown(body)}; expected an object`
  if (kind === 'rollback' || fields['kind'] === 'rollback') return faultInRollback(kind, fields)
  const override = fields['override']
  if (override !== undefined && !has(objectOf(override) ?? {}, 'reason')) {
    return '"override" has no "reason"'
  }
  if (typeof fields['requestedBy'] !== 'string') return '"requestedBy" is no text'
  const read = requestOf(body, fields['requestedBy'], undefined)
  return typeof read === 'string' ? `${read}; ${expected}, each with a "target"` : undefined
}

function faultInRollback(
  kind: 'release' | 'rollback',
  fields: Readonly<Record<string, unknown>>,
): string | undefined {
  const { target } = fields
  if ((kind === 'release' || target !== undefined) && !isTarget(target)) return noTarget
  const wrong = ['to', 'reason', 'requestedBy'].find(
    (name) => fields[name] !== undefined && !has(fields, name),
  )
  return wrong === undefined ? undefined : `"${wrong}" is no text`
}

const noTarget = '"target" is no environment of a configuration'

const expected =
  'expected {"kind": "redeploy"}, or {"kind": "deploy", "commit": "<40 hexadecimal digits>"}'

/** The request, or what is wrong with it. */
function requestOf(
  body: unknown,
  requestedBy: string,
  known: Target | undefined,
): DeployRequest | RedeployRequest | string {
  const fields = objectOf(body)
  if (fields === undefined) return `found ${shown(body)}`
  const target = fields['target'] ?? known
  if (target === undefined) return 'nothing has run here yet, so a "target" is needed'
  if (!isTarget(target)) return noTarget
  if (fields['kind'] === 'redeploy') return { kind: 'redeploy', target, requestedBy }
  if (fields['kind'] !== 'deploy') return `"kind" is ${shown(fields['kind'])}`
  const { commit, rebuild, committedAt } = fields
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) {
    return '"commit" is no full commit id'
  }
  const again = rebuild === undefined ? '' : text(rebuild)
  if (again === undefined || !/^[0-9A-Za-z]{0,20}$/.test(again)) {
    return '"rebuild" is no text of at most 20 letters and digits'
  }
  return {
    kind: 'deploy',
    target,
    requestedBy,
    commit,
    subject: text(fields['subject'])?.slice(0, 120) ?? '',
    ...(again === '' ? {} : { rebuild: again }),
    ...(typeof committedAt === 'number' ? { committedAt } : {}),
  }
}

/** As far as this workflow and the release look into it before any activity has. */
function isTarget(value: unknown): value is Target {
  const target = objectOf(value)
  const door = objectOf(target?.['door'])
  const queues = objectOf(target?.['queues'])
  return (
    target !== undefined &&
    ['project', 'environment', 'cluster', 'mode', 'repository'].every((name) =>
      has(target, name),
    ) &&
    isListOfNamed(target['images'], ['name', 'repository']) &&
    isListOfNamed(target['services'], ['name', 'service']) &&
    objectOf(target['aws']) !== undefined &&
    Array.isArray(objectOf(target['checks'])?.['commands']) &&
    ['checks', 'stability', 'rollback'].every((name) => hasTime(target[name], 'timeoutMs')) &&
    hasTime(target['stability'], 'windowMs') &&
    has(door ?? {}, 'policy') &&
    has(queues ?? {}, 'release') &&
    has(queues ?? {}, 'builder')
  )
}

function isListOfNamed(value: unknown, names: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => names.every((name) => has(objectOf(one) ?? {}, name)))
  )
}

function hasTime(value: unknown, name: string): boolean {
  return typeof objectOf(value)?.[name] === 'number'
}

function has(fields: Readonly<Record<string, unknown>>, name: string): boolean {
  return typeof fields[name] === 'string'
}

function askerOf(value: unknown): Asker | undefined {
  const fields = objectOf(value)
  const workflowId = text(fields?.['workflowId'])
  const runId = text(fields?.['runId'])
  if (workflowId === undefined) return undefined
  return runId === undefined ? { workflowId } : { workflowId, runId }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

/** Foreign text at a length that the history and the UI can bear. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 500) : undefined
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}
