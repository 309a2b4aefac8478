import type { Fault } from './fault.ts'
import { readFault } from './read-fault.ts'

export interface Faults {
  /** Throws if the fault is invalid, with a message for the person who requested it. */
  add(request: unknown): Fault
  /** The fault that hits this call, if any. Counts the hit. */
  take(service: string, operation: string, input?: unknown): Fault | undefined
  list(): readonly Fault[]
  /** Removes all faults, or one. Returns how many were removed. */
  clear(id?: string): number
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  return {
    add(request) {
      const fault = readFault(request)
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
