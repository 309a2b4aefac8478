import { parseArgs } from 'node:util'
import { runWorker } from './run.ts'
import { workerRoles, type WorkerRole } from './options.ts'

/** Starts a worker by itself: `node worker/main.ts [--queues release,builder]`. */
const { values } = parseArgs({ options: { queues: { type: 'string' } } })
const roles = (values.queues ?? workerRoles.join(',')).split(',')
const unknown = roles.filter((role) => !isRole(role))

if (unknown.length > 0) {
  process.stderr.write(
    `There is no queue ${unknown.join(', ')}: use ${workerRoles.join(' or ')}.\n`,
  )
  process.exitCode = 2
} else {
  try {
    await runWorker({
      roles: roles.filter(isRole),
      onReady: () => process.stdout.write(`The worker serves ${roles.join(' and ')}.\n`),
    })
  } catch (failure) {
    process.stderr.write(
      `The worker did not start: ${failure instanceof Error ? failure.message : String(failure)}\n`,
    )
    process.exitCode = 2
  }
}

function isRole(role: string): role is WorkerRole {
  return workerRoles.some((known) => known === role)
}
