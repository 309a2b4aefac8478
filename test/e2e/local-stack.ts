import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { findDockerClient } from '../../local/engine/docker-client.ts'
import { clientsFor, type Clients } from '../../local/stack/seed.ts'
import { startStack, type Stack } from '../../local/stack/stack.ts'

/** A whole local stack with a folder for what is deployed from it. */
import { testDisposer } from '../test-disposer.ts'

export interface LocalStack {
  readonly stack: Stack
  /** Of the stack's Temporal server. */
  readonly temporal: Client
  /** Clients of the stack's simulated AWS. */
  readonly aws: Clients
  readonly folder: string
  /** What can build with the stack's Docker engine. */
  readonly engine: {
    readonly dockerHost: string
    readonly dockerPath: string
    readonly buildKit: boolean
  }
  /** Stops everything, containers included, and removes the folder. */
  readonly close: () => Promise<void>
}

const anyFreePorts = { temporal: 0, temporalUi: 0, aws: 0, ecr: 0, app: 0 }

/**
 * Starts a stack on free ports. It is stopped again if a part fails to start, or if the test is
 * interrupted.
 */
export async function openLocalStack(): Promise<LocalStack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-e2e-'))
  const disposer = testDisposer()
  const close = disposer.dispose
  disposer.add('the folder', () => rm(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().finally(() => process.exit(1)))
  }
  try {
    const stack = await startStack({
      stateDir: path.join(folder, 'state'),
      ports: anyFreePorts,
      throwAway: true,
    })
    disposer.add('the stack', stack.stop)
    const connection = await Connection.connect({ address: stack.temporal })
    disposer.add('the connection', () => connection.close())
    const { dockerHost, dockerPath } = stack
    const docker = await findDockerClient(dockerHost)
    return {
      stack,
      temporal: new Client({ connection }),
      aws: clientsFor(stack.aws, stack.region),
      folder,
      engine: { dockerHost, dockerPath, buildKit: docker?.buildKit ?? false },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
