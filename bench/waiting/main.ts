import { writeFile } from 'node:fs/promises'
import { measureMemory, type Memory } from './memory.ts'
import { report, type Row } from './report.ts'
import { measure } from './run.ts'
import { withAwsCli } from './with-aws-cli.ts'
import { withPoller } from './with-poller.ts'

/**
 * Measures waiting, and writes what it found into the README beside this file.
 *
 * `node bench/waiting/main.ts [sizes] [--no-memory]`, such as `1,10,100`: without a size of 1,000
 * it prints only.
 */
Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
})

const [given = '1,10,100,1000', ...flags] = process.argv.slice(2)
const sizes = given.split(',').map(Number)
/** One alone tells little: so many are measured side by side, each with a poller of its own. */
const alone = 10

const rows: Row[] = []
for (const size of sizes) {
  say(`${size} at once, one poller`)
  const ours =
    size === 1
      ? await measure(alone, withPoller('apart'))
      : await measure(size, withPoller('together'))
  if (size > 10) {
    rows.push({ size, ours })
    continue
  }
  say(`${size} at once, aws ecs wait services-stable`)
  rows.push({ size, ours, cli: await measure(size, await withAwsCli()) })
}

let memory: Memory | undefined
if (!flags.includes('--no-memory')) {
  say('the memory of a worker')
  memory = await measureMemory(1_000, say)
}

const text = report(rows, memory)
process.stdout.write(`${text}\n`)
if (sizes.includes(1_000) && memory !== undefined) {
  await writeFile(new URL('README.md', import.meta.url), text)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
