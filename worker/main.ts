#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { workerRoles, type WorkerRole } from './options.ts'
import { runWorker } from './run.ts'

const help = `Usage: slipway-worker [--queues release,builder]

Runs the worker that carries out releases, until SIGINT or SIGTERM. It serves the task queues
"slipway" and "slipway-builder"; for others, run \`slipway worker\` beside a slipway.yaml.

  --queues <roles>  release (workflows and AWS), builder (checks, builds and pushes), or both
  -h, --help        show this help
`

/** A worker without the command line: `slipway-worker`, or `node worker/main.ts` in a checkout. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { queues: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(help)
    return
  }
  const roles = (values.queues ?? workerRoles.join(',')).split(',')
  const unknown = roles.filter((role) => !isRole(role))
  if (unknown.length > 0) {
    throw new Error(
      `Unknown role in --queues: ${unknown.join(', ')}. Expected ${workerRoles.join(', ')}, or both with a comma.`,
    )
  }
  await runWorker({
    roles: roles.filter(isRole),
    onReady: () => process.stdout.write(`The worker serves ${roles.join(' and ')}.\n`),
  })
}

function isRole(role: string): role is WorkerRole {
  return workerRoles.some((known) => known === role)
}

try {
  await main()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`slipway-worker: ${message}\n`)
  process.exitCode = 2
}
