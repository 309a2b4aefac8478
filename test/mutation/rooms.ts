import path from 'node:path'
import type { StrykerOptions } from '@stryker-mutator/api/core'
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin'
import type { Reporter } from '@stryker-mutator/api/report'

type Report = Parameters<NonNullable<Reporter['onMutationTestReportReady']>>[0]
type Files = Report['files']

/**
 * Stryker has one score for everything that it mutates. This reporter says the score of each room,
 * which is one pattern of `mutate`, and fails the run if one of them is below `thresholds.break`.
 */
function rooms({ mutate, thresholds }: StrykerOptions): Reporter {
  const least = thresholds.break ?? 0
  return {
    onMutationTestReportReady: ({ files }) => {
      for (const pattern of mutate) {
        const score = scoreOf(files, pattern)
        // Of a pattern that leaves files out, or that has no mutants.
        if (Number.isNaN(score)) continue
        const isEnough = score >= least
        console.log(
          `${pattern}: ${score.toFixed(2)} %${isEnough ? '' : `, of at least ${least} %`}`,
        )
        if (!isEnough) process.exitCode = 1
      }
    },
  }
}
rooms.inject = tokens(commonTokens.options)

/** Percent of mutants that a test noticed, as Stryker counts them. */
function scoreOf(files: Files, pattern: string): number {
  const statuses = Object.entries(files)
    .filter(([file]) => path.matchesGlob(file, pattern))
    .flatMap(([, { mutants }]) => mutants.map(({ status }) => status))
  const count = (...which: readonly string[]) =>
    statuses.filter((status) => which.includes(status)).length
  const noticed = count('Killed', 'Timeout')
  return (100 * noticed) / (noticed + count('Survived', 'NoCoverage'))
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Reporter, 'rooms', rooms)]
