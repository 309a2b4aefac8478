import { randomUUID } from 'node:crypto'

const kinds = ['throttle', 'error5xx', 'drop', 'delay', 'loseResponse'] as const

/**
 * What goes wrong with a call: `throttle` and `error5xx` answer an error and do not act; `drop`
 * cuts the connection and does not act; `loseResponse` acts, then cuts the connection; `delay`
 * acts after a while.
 */
export type FaultKind = (typeof kinds)[number]

export interface Fault {
  readonly id: string
  /** `UpdateService`, `ECS:UpdateService`, `ECR:*` or `*`. */
  readonly operation: string
  readonly kind: FaultKind
  /** Only calls to AWS that name this somewhere in their input: a cluster, a service, an ARN. */
  readonly about?: string
  /** How many more calls it hits; `forever` until it is deleted. */
  readonly count: number | 'forever'
  /** How many matching calls it still lets pass before the first one it hits. */
  readonly after: number
  /** Milliseconds; of `delay` only. */
  readonly delayMs: number
}

export interface Faults {
  /** Fails with a sentence for the person who asked when the fault makes no sense. */
  add(asked: unknown): Fault
  /** The fault that hits this call, if any; counts it. */
  take(service: string, operation: string, input?: unknown): Fault | undefined
  list(): readonly Fault[]
  /** All of them, or one. Gives how many went. */
  clear(id?: string): number
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  return {
    add(asked) {
      const fault = readFault(asked)
      faults.push(fault)
      return fault
    },
    take(service, operation, input) {
      const fault = faults.find(
        (each) =>
          matches(each.operation, service, operation) &&
          (each.about === undefined || names(input, each.about)),
      )
      if (fault === undefined) return undefined
      const spent = spend(fault)
      faults = faults.flatMap((each) => (each !== fault ? [each] : spent ? [spent] : []))
      return fault.after > 0 ? undefined : fault
    },
    list: () => faults,
    clear(id) {
      const before = faults.length
      faults = id === undefined ? [] : faults.filter((each) => each.id !== id)
      return before - faults.length
    },
  }
}

function spend(fault: Fault): Fault | undefined {
  if (fault.after > 0) return { ...fault, after: fault.after - 1 }
  if (fault.count === 'forever') return fault
  return fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined
}

function matches(pattern: string, service: string, operation: string): boolean {
  const [first, second] = pattern.split(':')
  if (second === undefined) return first === '*' || first === operation
  return first?.toLowerCase() === service.toLowerCase() && (second === '*' || second === operation)
}

function names(input: unknown, text: string): boolean {
  if (typeof input !== 'object' || input === null) return input === text
  return Object.values(input).some((value) => names(value, text))
}

function readFault(asked: unknown): Fault {
  if (typeof asked !== 'object' || asked === null)
    throw new Error('A fault is a JSON object: {"operation": "UpdateService", "kind": "throttle"}.')
  const {
    operation,
    kind,
    about,
    count = 1,
    after = 0,
    delayMs = 1000,
    ...rest
  } = asked as Record<string, unknown>
  const unknown = Object.keys(rest)
  if (unknown.length > 0)
    throw new Error(
      `A fault has no field ${unknown.join(', ')}; it has operation, kind, about, count, after, delayMs.`,
    )
  if (typeof operation !== 'string' || operation === '')
    throw new Error('operation must be a name such as "UpdateService", "ECS:UpdateService" or "*".')
  const known = kinds.find((each) => each === kind)
  if (known === undefined)
    throw new Error(`kind is ${JSON.stringify(kind)}; it must be one of ${kinds.join(', ')}.`)
  if (about !== undefined && (typeof about !== 'string' || about === ''))
    throw new Error(`about is ${JSON.stringify(about)}; it must be a name or an ARN.`)
  if (count !== 'forever' && !isWhole(count, 1))
    throw new Error(`count is ${JSON.stringify(count)}; it must be 1 or more, or "forever".`)
  if (!isWhole(after, 0))
    throw new Error(`after is ${JSON.stringify(after)}; it must be a whole number, 0 or more.`)
  if (!isWhole(delayMs, 0))
    throw new Error(`delayMs is ${JSON.stringify(delayMs)}; it must be a whole number, 0 or more.`)
  return {
    id: randomUUID(),
    operation,
    kind: known,
    ...(about !== undefined && { about }),
    count,
    after,
    delayMs,
  }
}

function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}
