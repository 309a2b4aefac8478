import type { Client } from '@temporalio/client'
import * as library from '../client/index.ts'
import { UserError } from '../client/user-error.ts'
import { Interrupted, signalStatus, withInterrupt } from './interrupt.ts'

/**
 * The library's requests, for commands. Ctrl-C and SIGTERM end them with exit status 130 or 143, and
 * with a warning that the environment may still act on the request.
 */

export function requestDeploy(client: Client, request: library.DeployRequest) {
  return interruptible(request.spec.environment, (options) =>
    library.requestDeploy(client, request, options),
  )
}

export function requestRedeploy(client: Client, request: library.RedeployRequest) {
  return interruptible(request.spec.environment, (options) =>
    library.requestRedeploy(client, request, options),
  )
}

export function requestRollback(client: Client, request: library.RollbackRequest) {
  return interruptible(request.spec.environment, (options) =>
    library.requestRollback(client, request, options),
  )
}

export function requestControl(
  client: Client,
  spec: library.EnvironmentSpec,
  kind: library.PlainControl,
  body: library.ControlBody,
) {
  return interruptible(spec.environment, (options) =>
    library.requestControl(client, spec, kind, body, options),
  )
}

async function interruptible<T>(
  environment: string,
  request: (options: library.AbortOptions) => Promise<T>,
): Promise<T> {
  try {
    return await withInterrupt((signal) => request({ signal }))
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new UserError(
      `Interrupted before ${environment} answered; it may have received the request and act on it. Check before you try again: slipway status ${environment}`,
      { exitStatus: signalStatus[error.interrupt], cause: error },
    )
  }
}
