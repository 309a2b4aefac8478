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

interface Run {
  /** Absent: all tests. */
  readonly ids?: readonly string[] | undefined
  readonly stopsEarly: boolean
  /** Tests of this room come first. */
  readonly room?: string
  readonly mutant?: string
  /** The mutant acts while modules load. Such a mutant gets a process of its own from Stryker. */
  readonly isStatic?: boolean
}

async function run({ ids, stopsEarly, room = '', mutant, isStatic }: Run): Promise<TestResult[]> {
  const results: TestResult[] = []
  const isNear = (file: string) => file.startsWith(path.join('test/unit', room))
  const files = globSync(testFiles)
    .filter((file) => ids?.some((id) => id.startsWith(file)) ?? true)
    .toSorted((one, other) => Number(isNear(other)) - Number(isNear(one)) || (one < other ? -1 : 1))
  for (const file of files) {
    Object.assign(shared, { currentTestId: undefined, activeMutant: isStatic ? mutant : undefined })
    const tests = await testsOf(pathToFileURL(file).href)
    Object.assign(shared, { activeMutant: mutant })
    for (const one of tests) {
      if (ids?.includes(idOf(one)) === false) continue
      const result = await resultOf(one)
      results.push(result)
      if (result.status === TestStatus.Failed && stopsEarly) return results
    }
  }
  return results
}

async function resultOf(one: Collected): Promise<TestResult> {
  const id = idOf(one)
  const begin = performance.now()
  shared.currentTestId = id
  const failureMessage = await failureOf(one)
  const timeSpentMs = performance.now() - begin
  const about = { id, name: one.name, fileName: fileURLToPath(one.file), timeSpentMs }
  return failureMessage === undefined
    ? { ...about, status: TestStatus.Success }
    : { ...about, status: TestStatus.Failed, failureMessage }
}

async function failureOf({ run: test }: Collected): Promise<string | undefined> {
  try {
    await test()
    return undefined
  } catch (error) {
    return String(error)
  }
}

async function dryRun({ disableBail }: DryRunOptions): Promise<DryRunResult> {
  const tests = await run({ stopsEarly: !disableBail })
  const { mutantCoverage } = shared
  return { status: DryRunStatus.Complete, tests, ...(mutantCoverage && { mutantCoverage }) }
}

async function mutantRun(options: MutantRunOptions) {
  const { activeMutant, hitLimit } = options
  Object.assign(shared, { hitLimit, hitCount: hitLimit === undefined ? undefined : 0 })
  const tests = await run({
    ids: options.testFilter,
    stopsEarly: !options.disableBail,
    room: path.dirname(path.relative(process.cwd(), options.sandboxFileName)),
    mutant: activeMutant.id,
    isStatic: options.mutantActivation === 'static',
  })
  const timedOut = determineHitLimitReached(shared.hitCount, hitLimit)
  return toMutantRunResult(timedOut ?? { status: DryRunStatus.Complete, tests })
}

const runner = (): TestRunner => ({
  capabilities: () => ({ reloadEnvironment: false }),
  dryRun,
  mutantRun,
})

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'one-process', runner)]
