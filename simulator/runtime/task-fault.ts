const kinds = ['slow start', 'crash loop', 'failing health'] as const

/**
 * What goes wrong with a task. `slow start` keeps it `PENDING` for longer. `crash loop` ends it soon
 * after it started. `failing health` answers the load balancer in its place, even if it already
 * runs.
 */
export type TaskFaultKind = (typeof kinds)[number]

export interface TaskFault {
  readonly id: string
  readonly kind: TaskFaultKind
  /** Only tasks of this service. */
  readonly service?: string
  /** Only tasks of this family or revision: `api` or `api:2`. */
  readonly taskDefinition?: string
  /** How many tasks it hits. */
  readonly count: number | 'forever'
  /** Additional milliseconds of a slow start. */
  readonly delayMs: number
  /** Milliseconds that a task runs before it crashes or its health begins to fail. */
  readonly afterMs: number
  /** Milliseconds for which its health fails. Default: until the fault is lifted. */
  readonly forMs?: number
  /** The containers' exit code after a crash. */
  readonly exitCode: number
  /** The answer to a health check. */
  readonly answer: number | 'timeout' | 'refused'
}

const fields = [
  'kind',
  'service',
  'taskDefinition',
  'count',
  'delayMs',
  'afterMs',
  'forMs',
  'exitCode',
  'answer',
] as const

/**
 * Reads the description of a fault of tasks, and fills in defaults. Throws if it is invalid, with a
 * message for the person who requested it.
 */
export function readTaskFault(request: unknown): Omit<TaskFault, 'id'> {
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new Error(
      'A fault of tasks must be a JSON object: {"service": "mailman-api", "kind": "crash loop"}.',
    )
  const given = request as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).filter((key) => !fields.some((field) => field === key))
  if (unknown.length > 0)
    throw new Error(
      `Unknown field of a fault of tasks: ${unknown.join(', ')}. Its fields are ${fields.join(', ')}.`,
    )
  const kind = kinds.find((each) => each === given['kind'])
  if (kind === undefined) reject(given, 'kind', `one of ${kinds.join(', ')}`)
  const { service, taskDefinition, count = 'forever', answer = 503 } = given
  if (service !== undefined && !isText(service)) reject(given, 'service', "a service's name")
  if (taskDefinition !== undefined && !isText(taskDefinition))
    reject(given, 'taskDefinition', 'a family or a revision: "api" or "api:2"')
  if (count !== 'forever' && !isWhole(count, 1)) reject(given, 'count', '1 or more, or "forever"')
  if (answer !== 'timeout' && answer !== 'refused' && !isWhole(answer, 100, 599))
    reject(given, 'answer', 'an HTTP status, "timeout" or "refused"')
  const forMs = given['forMs'] === undefined ? undefined : whole(given, 'forMs', 0)
  return {
    kind,
    ...(service !== undefined && { service }),
    // An ARN ends with `family:revision`, which is what tasks have.
    ...(taskDefinition !== undefined && {
      taskDefinition: taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1),
    }),
    count,
    delayMs: whole(given, 'delayMs', 60_000),
    afterMs: whole(given, 'afterMs', kind === 'crash loop' ? 500 : 0),
    ...(forMs !== undefined && { forMs }),
    exitCode: whole(given, 'exitCode', 1, 255),
    answer,
  }
}

function whole(
  given: Readonly<Record<string, unknown>>,
  field: string,
  usual: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = given[field] ?? usual
  if (isWhole(value, 0, most)) return value
  const bound = most === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${most}`
  return reject(given, field, `a whole number, 0 ${bound}`)
}

function reject(given: Readonly<Record<string, unknown>>, field: string, expected: string): never {
  throw new Error(`${field} is ${JSON.stringify(given[field])}; it must be ${expected}.`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isWhole(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}
