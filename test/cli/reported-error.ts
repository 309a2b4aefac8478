import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'
import { type CommandHost, type CommandResult, startCommandHost } from './command-host.ts'
import { type GrpcProxy, startGrpcProxy } from './grpc-proxy.ts'

/** A process for commands, and its own way to the server. */
export interface Lane {
  readonly host: CommandHost
  readonly proxy: GrpcProxy
}

/** @param address of a Temporal server */
export async function startLane(address: string): Promise<Lane> {
  return { host: startCommandHost(), proxy: await startGrpcProxy(address) }
}

export async function closeLane({ host, proxy }: Lane): Promise<void> {
  await Promise.all([host.close(), proxy.close()])
}

interface Reported extends CommandResult {
  /** The page of the job. */
  readonly summary: string
}

/** Runs a command as a step of a job, whose page shows errors as well. */
export async function runInJob(
  { host, proxy }: Lane,
  folder: string,
  args: readonly string[],
): Promise<Reported> {
  const summary = join(temporaryFolder(), 'summary')
  const env = {
    TEMPORAL_ADDRESS: proxy.address,
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
  }
  const result = await host.run({ args, folder, env })
  return { ...result, summary: await readFile(summary, 'utf8').catch(() => '') }
}

/** An error looks the same in every form, and never like a defect. */
export function assertReported(what: string, args: readonly string[], result: Reported): void {
  const { exitCode, stdout, stderr, summary } = result
  const all = `${what}: exit status ${exitCode}\n${stdout}\n${stderr}`
  assert.doesNotMatch(stderr, /Unexpected error|\n\s+at /, all)
  assert.ok([0, 2, 124].includes(exitCode), all)
  if (exitCode === 0) {
    assert.notEqual(stdout, '', all)
    return
  }
  assert.match(stderr, /^::(error|warning) title=/m, all)
  assert.match(summary, /^### /m, all)
  if (!args.includes('--json')) return
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  const document = JSON.parse(last) as Readonly<Record<string, unknown>>
  if ('error' in document) assert.equal(document['exitStatus'], exitCode, all)
  else assert.equal(document['outcome'], 'timed_out', all)
}
