import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import {
  indexedValueTypes,
  searchAttributes as slipwaysOwn,
} from '../../contract/search-attributes.ts'
import { startChild } from '../process/child.ts'
import { freePort, requireFreePort } from '../process/free-port.ts'
import { findTemporal } from '../install/temporal-binaries.ts'
import { until } from '../process/until.ts'

export { findTemporal, findTestServer } from '../install/temporal-binaries.ts'

export interface TemporalServer {
  /** `127.0.0.1:7233`, as `TEMPORAL_ADDRESS` takes it. */
  readonly address: string
  /** `http://127.0.0.1:8233` */
  readonly uiUrl: string
  readonly pid: number
  /** Rejects when the server ends unexpectedly. */
  readonly failed: Promise<never>
  readonly stop: () => Promise<void>
}

/**
 * Starts a Temporal dev server with its UI on 127.0.0.1, and waits until it answers. A server that
 * was killed can be started again on the same file and ports, and continues from there.
 *
 * @throws if a requested port is in use, or the server ends: with the end of its log
 * @param options.port gRPC; default: a free one
 * @param options.uiPort default: a free one
 * @param options.databaseFile keeps its state; default: in memory
 * @param options.searchAttributes name → `KEYWORD`, `KEYWORD_LIST`, …; default: Slipway's own
 */
export async function startTemporal(options: {
  logFile: string
  port?: number
  uiPort?: number
  databaseFile?: string
  searchAttributes?: Readonly<Record<string, string>>
}): Promise<TemporalServer> {
  const file = await findTemporal()
  // Else another server that listens there would be taken for the one that failed to start.
  const port = await portFor(options.port, 'Temporal')
  const uiPort = await portFor(options.uiPort, 'the Temporal UI')
  const { databaseFile, searchAttributes = slipwaysOwn } = options
  const goesOn = databaseFile !== undefined && existsSync(databaseFile)
  if (databaseFile !== undefined) await mkdir(path.dirname(databaseFile), { recursive: true })
  const child = await startChild({
    name: 'the Temporal dev server',
    file,
    args: [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--ui-port=${uiPort}`,
      '--log-level=warn',
      ...(databaseFile === undefined ? [] : [`--db-filename=${databaseFile}`]),
      ...Object.entries(searchAttributes).map(
        ([name, type]) => `--search-attribute=${name}=${cliName(type)}`,
      ),
    ],
    logFile: options.logFile,
  })
  const address = `127.0.0.1:${port}`
  try {
    await untilReady(address, { attributes: searchAttributes, goesOn }, child.failed)
  } catch (error) {
    await child.stop()
    throw error
  }
  const { pid, failed, stop } = child
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, pid, failed, stop: () => stop() }
}

function portFor(port: number | undefined, what: string): Promise<number> {
  return port === undefined ? freePort() : requireFreePort(port, what)
}

/**
 * The dev server answers before it has made its namespace and search attributes: ask for both.
 * It creates attributes only together with its namespace (CLI 1.9): a state of an earlier version gets
 * newer attributes here.
 */
async function untilReady(
  address: string,
  {
    attributes,
    goesOn,
  }: { readonly attributes: Readonly<Record<string, string>>; readonly goesOn: boolean },
  failed: Promise<never>,
): Promise<void> {
  // Loaded late: it takes longer than most commands.
  const { Connection } = await import('@temporalio/client')
  await until(
    async () => {
      // One for each poll: closing a connection during a call throws where nothing can catch it.
      const connection = await Connection.connect({ address, connectTimeout: 2_000 })
      try {
        const namespace = 'default'
        const { workflowService, operatorService } = connection
        return await connection.withDeadline(Date.now() + 2_000, async () => {
          await workflowService.describeNamespace({ namespace })
          const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
          const missing = Object.entries(attributes).filter(([name]) => !(name in customAttributes))
          if (goesOn && missing.length > 0) {
            const searchAttributes = Object.fromEntries(missing.map(numbered))
            await operatorService.addSearchAttributes({ namespace, searchAttributes })
          }
          return missing.length === 0
        })
      } finally {
        await connection.close()
      }
    },
    { what: `the Temporal dev server to answer at ${address}`, timeoutMs: 60_000, failed },
  )
}

function numbered([name, type]: readonly [string, string]): [string, number] {
  const number = Object.entries(indexedValueTypes).find(([known]) => known === type)?.[1]
  if (number === undefined) throw new Error(`${name} is of type ${type}, which is not known here`)
  return [name, number]
}

/** `KEYWORD_LIST` → `KeywordList`, as the command line spells it. */
function cliName(type: string): string {
  return type
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}
