import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { execa } from 'execa'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { startWorker } from '../../local/stack/worker.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import { cluster } from './cluster.ts'
import { openAccounts, type Accounts } from './open-account.ts'

/** The memory of a worker while releases wait. */
export interface Memory {
  readonly releases: number
  /** How many of them waited for their rollout at once. */
  readonly waiting: number
  /** Resident bytes of the worker process: before the first release, and at its peak. */
  readonly idle: number
  readonly peak: number
}

/**
 * Starts releases, each of which redeploys one service, on a real worker process and a dev
 * server, and measures the worker until the last of them waits for its rollout. The account is not
 * throttled: AWS would let only 5 a second begin.
 */
export async function measureMemory(
  releases: number,
  log: (line: string) => void,
): Promise<Memory> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bench-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const account = await openAccounts({
      accounts: 1,
      services: releases,
      throttle: 'off',
      // None ends before all wait.
      rollouts: 'endless',
    })
    stops.push(() => account.close())
    await build()
    const temporal = await startTemporal({ logFile: path.join(folder, 'temporal.log') })
    stops.push(temporal.stop)
    const worker = await startWorker({
      mainFile: path.join(root, 'worker', 'dist', 'worker', 'main.js'),
      logFile: path.join(folder, 'worker.log'),
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: temporal.address,
        AWS_ENDPOINT_URL: account.urls[0] ?? '',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
      },
    })
    stops.push(() => worker.stop(1_000))
    const idle = await residentBytes(worker.pid)
    const connection = await Connection.connect({ address: temporal.address })
    stops.push(() => connection.close())
    await startReleases(new Client({ connection }), releases)
    return { releases, idle, ...(await measurePeak(worker.pid, account, releases, log)) }
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

/** Builds the package as `npm pack` does, with its workflows bundled. */
async function build(): Promise<void> {
  await execa('bash', ['scripts/build.sh'], { cwd: root, preferLocal: true })
}

const root = path.join(import.meta.dirname, '..', '..')

async function startReleases(client: Client, releases: number): Promise<void> {
  const all = Array.from({ length: releases }, (_, index) => index)
  for (let at = 0; at < releases; at += 50) {
    await Promise.all(
      all.slice(at, at + 50).map((index) => {
        const input: ReleaseInput = {
          id: `release/bench-${index}/redeploy`,
          request: { kind: 'redeploy', requestedBy: 'the bench', spec: specOf(index) },
        }
        return client.workflow.start('release', {
          workflowId: input.id,
          taskQueue: 'slipway',
          args: [input],
        })
      }),
    )
  }
}

function specOf(index: number): EnvironmentSpec {
  const hour = 3_600_000
  return {
    project: 'bench',
    environment: `bench-${index}`,
    aws: { region: 'us-east-1' },
    cluster,
    mode: 'pin',
    repository: '.',
    checks: { commands: [], timeoutMs: hour },
    images: [],
    services: [
      {
        name: 'app',
        ecsService: `service-${index}`,
        // No image was built for it, so no moving tag points at it.
        containers: {},
        after: [],
        circuitBreaker: 'optional',
      },
    ],
    stability: { timeoutMs: hour, windowMs: 30_000 },
    rollback: { timeoutMs: hour },
    taskQueues: { release: 'slipway', builder: 'slipway-builder' },
    admission: { policy: 'supersede', supersedeRunning: false, freezes: [] },
  }
}

/** Measures until all releases wait, and for half a minute longer. */
async function measurePeak(
  pid: number,
  account: Accounts,
  releases: number,
  log: (line: string) => void,
): Promise<{ readonly waiting: number; readonly peak: number }> {
  let peak = 0
  let waiting = 0
  let left = 30
  for (let second = 0; second < 240 && left > 0; second += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000)
    })
    peak = Math.max(peak, await residentBytes(pid))
    const { made } = await account.calls()
    waiting = made['ECS:UpdateService'] ?? 0
    if (waiting >= releases) left -= 1
    if (second % 10 === 0) log(`${waiting} wait, ${Math.round(peak / 2 ** 20)} MiB`)
  }
  return { waiting, peak }
}

/** The resident memory of a process, on Linux. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
