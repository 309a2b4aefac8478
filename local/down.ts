import { removeSimulatedContainers } from '../simulator/runtime/docker.ts'
import { findRunningEngine } from './engine/engine.ts'
import { ownEngineHost, stopUnusedEngine } from './engine/own-engine.ts'
import { isAlive } from './process/process.ts'
import { listedProcesses } from './process/running-processes.ts'
import { instanceOf } from './stack/servers.ts'
import { removeState, usualStateDir } from './stack/state-dir.ts'
import { until } from './process/until.ts'

/**
 * Stops a local stack, also after a crash: its processes, its containers, and the Docker engine that was
 * started for it, unless something else uses that. Then removes its state.
 *
 * @throws Error when something could not be stopped
 */
export async function localDown(
  options: { readonly stateDir?: string } = {},
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<void> {
  const { stateDir = usualStateDir() } = options
  // In the order of their start: `slipway` first, which stops the others in order.
  for (const { name, pid } of listedProcesses(stateDir)) {
    if (pid === process.pid || !isAlive(pid)) continue
    print(`Stopping ${name} (process ${pid})`)
    await end(name, pid)
  }
  const dockerHost = (await ownEngineHost()) ?? (await findRunningEngine())?.dockerHost
  if (dockerHost !== undefined) {
    const count = await removeSimulatedContainers({ dockerHost, instance: instanceOf(stateDir) })
    if (count > 0) print(`Removed ${count} containers`)
  }
  if (await stopUnusedEngine()) print('Stopped the Docker engine')
  const removed = await removeState(stateDir)
  print(removed ? `Removed the state in ${stateDir}` : `There is no local stack in ${stateDir}`)
}

/** SIGTERM, then SIGKILL after a minute, in which a stack can stop its own parts. */
async function end(name: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  const gone = async () => !isAlive(pid)
  try {
    await until(gone, { what: `${name} to stop`, timeoutMs: 60_000 })
  } catch {
    process.kill(pid, 'SIGKILL')
    await until(gone, { what: `${name} to be gone`, timeoutMs: 10_000 })
  }
}
