import assert from 'node:assert/strict'
import path from 'node:path'
import { execa } from 'execa'
import { exitStatus, type Outcome } from '../../contract/outcome.ts'
import type { ReleaseResult } from '../../contract/releases.ts'

const main = path.join(import.meta.dirname, '../../cli/main.ts')

/** Runs `slipway deploy` in a checkout to its end, as a user would, and asserts the outcome. */
export async function deploy(
  env: Readonly<Record<string, string>>,
  checkout: string,
  environment: string,
  outcome: Outcome,
): Promise<ReleaseResult> {
  const args = [main, 'deploy', environment, '--json']
  const { exitCode, stdout, all } = await execa(process.execPath, args, {
    cwd: checkout,
    env: { ...env, CI: 'true' },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 120_000,
  })
  assert.equal(exitCode, exitStatus[outcome], all)
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ReleaseResult
  assert.equal(result.outcome, outcome)
  return result
}
