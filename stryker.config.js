// Mutation tests: docs/internals.md#mutation-tests.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['rollout/**/*.ts', 'workflows/environment/state/**/*.ts'],
  testRunner: 'one-process',
  plugins: ['./test/mutation/runner.ts', './test/mutation/rooms.ts'],
  // A file that does not exist: Stryker would rewrite it with an API that TypeScript 7 does not have.
  tsconfigFile: 'none',
  // Nothing here checks types, and a test compares a source file as it is.
  disableTypeChecks: false,
  concurrency: 1,
  timeoutMS: 10_000,
  tempDirName: '.stryker/sandbox',
  incrementalFile: '.stryker/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json', 'html', 'rooms'],
  clearTextReporter: { allowColor: false, allowEmojis: false, reportTests: false },
  jsonReporter: { fileName: '.stryker/report.json' },
  htmlReporter: { fileName: '.stryker/report.html' },
  thresholds: { high: 95, low: 90, break: 90 },
}
