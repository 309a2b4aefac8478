import { globSync } from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { InstrumenterContext } from '@stryker-mutator/api/core'
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner'
import * as fc from 'fast-check'
import { testsOf, type Collected } from './node-test.ts'

/**
 * A test runner for Stryker: it loads the unit tests of the pure rooms into its own process and runs
 * them again for each mutant. A process for each mutant, as Stryker's TAP runner has it, takes minutes
 * where this takes seconds.
 */

/** `verdict-properties` plays whole rollouts, which takes seconds. */
const testFiles =
  'test/unit/{config,contract,rollout,text,workflows}/**/!(verdict-properties).test.ts'

const collector = new URL('node-test.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:test' ? { url: collector, shortCircuit: true } : next(specifier, context),
})

// Properties try the same examples in every run, so that a mutant has the same end in every run.
fc.configureGlobal({ seed: 1 })

/** What instrumented code reads and writes. */
const shared: InstrumenterContext = {}
Object.assign(globalThis, { __stryker__: shared })

const idOf = ({ file, name }: Collected) =>
  `${path.relative(process.cwd(), fileURLToPath(file))} ${name}`

/** Loads all test files, or those of these tests. */
async function load(ids?: readonly string[]): Promise<readonly Collected[]> {
  const files = globSync(testFiles).toSorted()
  const needed = files.filter((file) => ids?.some((id) => id.startsWith(file)) ?? true)
  const tests: Collected[] = []
  for (const file of needed) tests.push(...(await testsOf(pathToFileURL(file).href)))
  return ids === undefined ? tests : tests.filter((one) => ids.includes(idOf(one)))
}

async function runAll(tests: readonly Collected[], stopsEarly: boolean): Promise<TestResult[]> {
  const results: TestResult[] = []
  for (const one of tests) {
    const id = idOf(one)
    const begin = performance.now()
    shared.currentTestId = id
    const failureMessage = await failureOf(one)
    const timeSpentMs = performance.now() - begin
    const about = { id, name: one.name, fileName: fileURLToPath(one.file), timeSpentMs }
    if (failureMessage === undefined) results.push({ ...about, status: TestStatus.Success })
    else results.push({ ...about, status: TestStatus.Failed, failureMessage })
    if (failureMessage !== undefined && stopsEarly) break
  }
  return results
}

async function failureOf({ run }: Collected): Promise<string | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    return String(error)
  }
}

async function dryRun({ disableBail }: DryRunOptions): Promise<DryRunResult> {
  const tests = await runAll(await load(), !disableBail)
  const { mutantCoverage } = shared
  return { status: DryRunStatus.Complete, tests, ...(mutantCoverage && { mutantCoverage }) }
}

async function mutantRun(options: MutantRunOptions) {
  const { activeMutant, mutantActivation, hitLimit, testFilter, disableBail } = options
  // A mutant that acts while modules load gets a process of its own from Stryker.
  if (mutantActivation === 'static') shared.activeMutant = activeMutant.id
  else delete shared.activeMutant
  const tests = await load(testFilter)
  Object.assign(shared, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 })
  const results = await runAll(tests, !disableBail)
  return toMutantRunResult(
    determineHitLimitReached(shared.hitCount, hitLimit) ?? {
      status: DryRunStatus.Complete,
      tests: results,
    },
  )
}

const runner = (): TestRunner => ({
  capabilities: () => ({ reloadEnvironment: false }),
  dryRun,
  mutantRun,
})

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'one-process', runner)]
