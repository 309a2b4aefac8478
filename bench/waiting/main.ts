import { writeFile } from 'node:fs/promises'
import { measureMemory, type Memory } from './memory.ts'
import { report, type Row } from './report.ts'
import { measure } from './run.ts'
import { withAwsCli } from './with-aws-cli.ts'
import { withPoller } from './with-poller.ts'

/**
 * Measures waiting, and writes the results into the README beside this file.
 *
 * `node bench/waiting/main.ts [sizes] [--no-memory] [--no-cli]`, such as `1,10,100`. It only
 * prints the results unless 1,000 is among the sizes and memory is measured.
 */
Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
})

const [given = '1,10,100,1000', ...flags] = process.argv.slice(2)
const sizes = given.split(',').map(Number)
/** A single rollout shows little: this many are measured at once, each in its own account. */
const alone = 20
/** The CLI needs a process for each, and half as many show enough. */
const aloneWithCli = 10

const rows = await measureAll()
let memory: Memory | undefined
if (!flags.includes('--no-memory')) {
  log('Measuring the memory of a worker')
  memory = await measureMemory(1_000, log)
}

const text = report(rows, memory)
process.stdout.write(`${text}\n`)
if (sizes.includes(1_000) && memory !== undefined) {
  await writeFile(new URL('README.md', import.meta.url), text)
}

/** Runs the small sizes side by side: they mostly wait, and need little of the machine. */
async function measureAll(): Promise<readonly Row[]> {
  const small = await Promise.all(sizes.filter((size) => size <= 100).map(measureSize))
  const large: Row[] = []
  for (const size of sizes.filter((one) => one > 100)) large.push(await measureSize(size))
  return [...small, ...large]
}

async function measureSize(size: number): Promise<Row> {
  const at = (accounts: number) =>
    size === 1 ? { accounts, services: 1 } : { accounts: 1, services: size }
  log(`Measuring ${size} at once`)
  const [ours, cli] = await Promise.all([
    measure(at(alone), withPoller),
    size > 10 || flags.includes('--no-cli') ? undefined : measure(at(aloneWithCli), withAwsCli),
  ])
  log(`Measured ${size} at once`)
  return { size, ours, ...(cli && { cli }) }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}
