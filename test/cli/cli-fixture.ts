import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker'
import { execa } from 'execa'
import type { BuilderActivities, ReleaseActivities } from '../../contract/activities.ts'
import { startTemporal, type TemporalServer } from '../../local/stack/temporal.ts'
import { bundleWorkflows } from '../../worker/workflow-bundle.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { fakes } from '../workflows/fixtures.ts'

const top = join(import.meta.dirname, '..', '..')

/** A Temporal server, Slipway's workflows, and repositories in which to run the real command. */
export interface CliFixture {
  readonly server: TemporalServer
  readonly client: Client
  /** A repository with one commit, whose environment has this name. */
  checkout(environment: string): Promise<Checkout>
  close(): Promise<void>
}

type Activities = ReleaseActivities & BuilderActivities

export interface Checkout {
  readonly folder: string
  readonly environment: string
  readonly commit: string
  /** Makes another commit, and returns its hash. */
  commitAgain(subject: string): Promise<string>
  /** Runs `slipway` in this checkout. */
  slipway(...args: readonly string[]): ReturnType<typeof runSlipway>
  /** Does some work while a worker runs. Its activities succeed, except for these. */
  withWorker<T>(activities: Partial<Activities>, work: () => Promise<T>): Promise<T>
}

const commandOptions = { reject: false, stdin: 'ignore', timeout: 120_000 } as const

export async function startCliFixture(): Promise<CliFixture> {
  const folder = temporaryFolder()
  const [bundle, server] = await Promise.all([
    bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url)),
    startTemporal({ logFile: join(folder, 'temporal.log') }),
  ])
  const { address } = server
  const connection = await Connection.connect({ address })
  const native = await NativeConnection.connect({ address })
  return {
    server,
    client: new Client({ connection }),
    checkout: (environment) => newCheckout(environment, address, { native, bundle }),
    async close() {
      await connection.close()
      await native.close()
      await server.stop()
    },
  }
}

/** Runs the real command as a child process, with the address of Temporal. */
export function runSlipway(
  folder: string,
  address: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
) {
  return execa(process.execPath, [join(top, 'cli', 'main.ts'), ...args], {
    ...commandOptions,
    cwd: folder,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TEMPORAL_ADDRESS: address,
      CI: 'true',
      ...more,
    },
  })
}

/** The lines of output of a command with --json. */
export function events(stdout: string): readonly Record<string, unknown>[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function newCheckout(
  environment: string,
  address: string,
  { native, bundle }: { native: NativeConnection; bundle: WorkflowBundle },
): Promise<Checkout> {
  const folder = temporaryFolder()
  const queue = `queue-${environment}`
  await mkdir(join(folder, 'below'))
  await writeFile(join(folder, 'slipway.yaml'), config(environment, queue))
  await git(folder, 'init', '-q', '-b', 'main')
  const commitAgain = async (subject: string) => {
    await git(folder, 'add', '-A')
    await git(folder, 'commit', '-q', '--allow-empty', '-m', subject)
    return git(folder, 'rev-parse', 'HEAD')
  }
  const commit = await commitAgain('Say hello')
  return {
    folder,
    environment,
    commit,
    commitAgain,
    slipway: (...args) => runSlipway(folder, address, args),
    async withWorker(activities, work) {
      const worker = await Worker.create({
        connection: native,
        taskQueue: queue,
        workflowBundle: bundle,
        activities: fakes(queue, activities).activities,
        maxHeartbeatThrottleInterval: 100,
        defaultHeartbeatThrottleInterval: 100,
      })
      return worker.runUntil(work)
    },
  }
}

export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com']
  const { stdout } = await execa('git', ['-C', folder, ...identity, ...args])
  return stdout
}

function config(environment: string, queue: string): string {
  return `project: mailman
images:
  api: { repository: mailman, target: api }
  worker: { repository: mailman, target: worker }
services:
  api: { service: mailman-api }
  worker: { service: mailman-worker, after: [api] }
environments:
  ${environment}: { cluster: mailman, region: eu-west-1 }
taskQueues: { release: ${queue}, builder: ${queue} }
`
}

/** Keeps an activity running, with a heartbeat, until the test finishes it. */
export function holdActivity<Value>(heartbeat?: unknown) {
  const { promise: result, resolve: finish } = Promise.withResolvers<Value>()
  const { promise: started, resolve: start, reject: fail } = Promise.withResolvers<void>()
  // Otherwise a command that ends early would leave its test waiting forever.
  const timeout = setTimeout(() => fail(new Error('the activity has not started in 30 s')), 30_000)
  timeout.unref()
  started.catch(() => {})
  const run = async (): Promise<Value> => {
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(heartbeat), 200)
    context.heartbeat(heartbeat)
    clearTimeout(timeout)
    start()
    try {
      return await Promise.race([result, context.cancelled])
    } finally {
      clearInterval(timer)
    }
  }
  return { run, started, finish }
}
