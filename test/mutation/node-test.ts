/**
 * Stands for `node:test` in mutation tests: it only collects tests, so that one process can run them
 * again for each mutant. A test that uses more of `node:test` than this fails.
 */

export interface Collected {
  readonly file: string
  readonly name: string
  readonly run: () => unknown
}

interface TestContext {
  readonly diagnostic: (message: string) => void
}

const context: TestContext = { diagnostic: () => {} }
const collected: Collected[] = []
let names: readonly string[] = []
let file = ''

export function test(name: string, run: (t: TestContext) => unknown): void {
  collected.push({ file, name: [...names, name].join(' '), run: () => run(context) })
}

export function describe(name: string, define: () => void): void {
  const outer = names
  names = [...outer, name]
  define()
  names = outer
}

/** Loads a test file, once, and gives its tests. */
export async function testsOf(url: string): Promise<readonly Collected[]> {
  file = url
  await import(url)
  return collected.filter((one) => one.file === url)
}
