import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from '../../cli/program.ts'
import { type Checkout, type CliFixture, startCliFixture } from './cli-fixture.ts'
import type { GrpcFault } from './grpc-proxy.ts'
import { type Lane, assertReported, closeLane, runInJob, startLane } from './reported-error.ts'

const environment = 'findings'

/** What some commands need besides their arguments. */
const options: Readonly<Record<string, readonly string[]>> = {
  'schedule create': ['--every', '24h', '--redeploy'],
}

const values: Readonly<Record<string, string>> = {
  environment,
  release: environment,
  service: 'api',
  name: 'nightly',
}

interface TestedCommand {
  readonly name: string
  readonly args: readonly string[]
}

/** Every command of the program that connects to Temporal, with arguments that exist. */
function commandsOf(parent: Command, prefix: readonly string[] = []): readonly TestedCommand[] {
  return parent.commands.flatMap((one) => {
    const path = [...prefix, one.name()]
    if (one.commands.length > 0) return commandsOf(one, path)
    const known = new Set(one.options.map(({ long }) => long))
    if (!known.has('--profile')) return []
    const name = path.join(' ')
    const given = one.registeredArguments.map((argument) => {
      const value = values[argument.name()]
      assert.ok(value !== undefined, `no value for <${argument.name()}> of ${name}`)
      return value
    })
    const args = [
      ...path,
      ...given,
      ...(options[name] ?? []),
      ...(known.has('--json') ? ['--json'] : []),
      ...(known.has('--timeout') ? ['--timeout', '1s'] : []),
    ]
    return [{ name, args }]
  })
}

/** What the server may answer to any call, by gRPC's numbers. */
const permanent: Readonly<Record<string, GrpcFault>> = {
  'permission denied': { status: 7, message: 'Request unauthorized.' },
  'not found': { status: 5, message: 'Namespace nowhere is not found.' },
  'invalid argument': { status: 3, message: 'Blob data size exceeds limit.' },
  'a missing search attribute': { status: 3, message: 'no mapping for search attribute X' },
  'failed precondition': { status: 9, message: 'Namespace is in handover.' },
  cancelled: { status: 1, message: 'context canceled' },
  'a deadline of the server': { status: 4, message: 'context deadline exceeded' },
  'a status that no documentation names': { status: 11, message: 'out of range' },
}

/** Tried again for a while: with an Update for a minute, which its own test covers. */
const transient: Readonly<Record<string, GrpcFault>> = {
  'too many requests': { status: 8, message: 'namespace rate limit exceeded' },
}

/** Calls that wait for longer in an outage: an Update, and the first call of a connection. */
const patient: ReadonlySet<string> = new Set(['ExecuteMultiOperation', 'GetSystemInfo'])

let fixture: CliFixture
let here: Checkout
let lanes: readonly Lane[]

before(async () => {
  fixture = await startCliFixture()
  here = await fixture.checkout(environment)
  lanes = await Promise.all(Array.from({ length: 4 }, () => startLane(fixture.server.address)))
})
after(async () => {
  await Promise.all(lanes.map(closeLane))
  await fixture.close()
})

describe('every command reports every answer of the server to every call', () => {
  const commands = commandsOf(createProgram()).filter(({ name }) => name !== 'worker')
  // A schedule must exist before the others ask for it.
  const inOrder = commands.toSorted((a, b) => rank(a.name) - rank(b.name))

  test('with permanent errors, and with outages', async (t) => {
    await here.withWorker({ planRelease }, async () => {
      const pairs: (TestedCommand & { readonly method: string })[] = []
      const [first] = lanes
      assert.ok(first !== undefined)
      for (const command of inOrder) {
        first.proxy.calls()
        const result = await runInJob(first, here.folder, command.args)
        assert.doesNotMatch(result.stderr, /Unexpected error/, command.name)
        const methods = new Set(first.proxy.calls())
        assert.ok(methods.size > 1, `${command.name} called ${[...methods].join()}`)
        for (const method of methods) pairs.push({ ...command, method })
      }
      await runInJob(first, here.folder, [
        'schedule',
        'create',
        environment,
        'nightly',
        '--every',
        '24h',
        '--redeploy',
      ])
      const runs = pairs.flatMap((pair) => {
        const faults = { ...permanent, ...(patient.has(pair.method) ? {} : transient) }
        return Object.entries(faults).map(([title, fault]) => ({ ...pair, title, fault }))
      })
      const failures: string[] = []
      const next = runs.values()
      await Promise.all(
        lanes.map(async (lane) => {
          for (const { name, args, method, title, fault } of next) {
            lane.proxy.fault = (called) => (called === method ? fault : undefined)
            const what = `${name} when ${method} answers ${title}`
            try {
              const result = await runInJob(lane, here.folder, args)
              assertReported(what, args, result)
              if (result.exitCode === 0) continue
              const isAccepted = result.stdout.includes('"event":"accepted"')
              if (isAccepted) assert.equal(result.exitCode, 124, `${what}: the release continues`)
              // What to do about a rejection is a matter of the environment.
              assert.match(result.stderr, /^Rejected: |slipway |tcld |TEMPORAL_|try again/m, what)
            } catch (error) {
              failures.push(error instanceof Error ? error.message : String(error))
            }
          }
        }),
      )
      t.diagnostic(`${runs.length} runs of ${commands.length} commands`)
      assert.equal(
        failures.length,
        0,
        `${failures.length} of ${runs.length}:\n${failures.slice(0, 20).join('\n----\n')}`,
      )
    })
  })
})

function rank(name: string): number {
  if (name === 'deploy' || name === 'schedule create') return 0
  return name === 'schedule delete' ? 2 : 1
}

async function planRelease() {
  const { commit } = here
  return { environment, commit, mode: 'pin', services: [], images: [], warnings: [] } as const
}
