import type { DockerEngine } from './docker-engine.ts'

/** Whether a command in a running container exits with 0 within `timeoutMs`. */
export async function succeedsIn(
  engine: DockerEngine,
  containerId: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<boolean> {
  const json = async (method: string, path: string, body?: object): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs)
    return JSON.parse((await engine.call(method, path, { signal, body })).toString())
  }
  try {
    const made = await json('POST', `/containers/${containerId}/exec`, {
      Cmd: command,
      AttachStdout: true,
      AttachStderr: true,
    })
    const { Id } = made as { Id: string }
    // The output ends when the command ends.
    await engine.call('POST', `/exec/${Id}/start`, {
      body: { Detach: false, Tty: false },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const { ExitCode } = (await json('GET', `/exec/${Id}/json`)) as { ExitCode: number | null }
    return ExitCode === 0
  } catch {
    return false
  }
}
