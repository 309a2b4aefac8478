import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort, requireFreePort } from '../process/free-port.ts'

/** Ports on 127.0.0.1. Where one is taken, a free one is used instead; 0 is any free one. */
export interface StackPorts {
  /** Default 7233. */
  readonly temporal: number
  /** Default 8233. */
  readonly temporalUi: number
  /** The simulated AWS. Default 4566. */
  readonly aws: number
  /** ECR's registry. Default 4567. */
  readonly ecr: number
  /** The example's API, as behind a load balancer. Default 8080. */
  readonly app: number
}

const usualPorts: StackPorts = {
  temporal: 7233,
  temporalUi: 8233,
  aws: 4566,
  ecr: 4567,
  app: 8080,
}

/**
 * Ports for a stack: those that were asked for, else those that it had the last time, else the
 * usual ones.
 *
 * @throws where the registry's port of the last time is taken: the images that the kept task
 *   definitions name are there and nowhere else
 */
export async function choosePorts(
  stateDir: string,
  wanted: Partial<StackPorts>,
): Promise<StackPorts> {
  const file = path.join(stateDir, 'ports.json')
  const kept = await readKept(file)
  const prefer = (name: keyof StackPorts) =>
    wanted[name] || (kept[name] ?? wanted[name] ?? usualPorts[name])
  const ports: StackPorts = {
    temporal: await freePort(prefer('temporal')),
    temporalUi: await freePort(prefer('temporalUi')),
    aws: await freePort(prefer('aws')),
    ecr:
      kept.ecr === undefined
        ? await freePort(prefer('ecr'))
        : await requireFreePort(kept.ecr, registryOfLastTime),
    app: await freePort(prefer('app')),
  }
  await writeFile(file, JSON.stringify(ports))
  return ports
}

const registryOfLastTime =
  'the registry, where it was the last time (`slipway local down` forgets that)'

async function readKept(file: string): Promise<Partial<StackPorts>> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof kept !== 'object' || kept === null) return {}
    const numbers = Object.entries(kept).filter(
      ([name, port]) => Object.hasOwn(usualPorts, name) && Number.isInteger(port),
    )
    return Object.fromEntries(numbers)
  } catch {
    return {}
  }
}
