import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive, startOf } from './process.ts'

/** A process of a local stack, recorded so that it can be found after its parent was killed. */
export interface Listed {
  readonly name: string
  readonly pid: number
  /** See {@link startOf}: the id may belong to another process by now. */
  readonly started?: string
}

const fileOf = (stateDir: string) => path.join(stateDir, 'processes.json')

/** Those processes of the stack in this folder that still run, in the order of their start. */
export function listedProcesses(stateDir: string): readonly Listed[] {
  try {
    const listed: unknown = JSON.parse(readFileSync(fileOf(stateDir), 'utf8'))
    return Array.isArray(listed) ? listed.filter(isListed).filter(isStillTheSame) : []
  } catch {
    return []
  }
}

export function listProcess(stateDir: string, name: string, pid: number): void {
  const started = startOf(pid)
  const entry: Listed = { name, pid, ...(started !== undefined && { started }) }
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(fileOf(stateDir), JSON.stringify([...listedProcesses(stateDir), entry]))
}

export function forgetProcesses(stateDir: string): void {
  rmSync(fileOf(stateDir), { force: true })
}

function isStillTheSame({ pid, started }: Listed): boolean {
  return isAlive(pid) && startOf(pid) === started
}

function isListed(value: unknown): value is Listed {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    Number(value.pid) > 1
  )
}
