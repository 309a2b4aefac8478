import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseConfig } from '../../../config/load.ts'
import { cycles, inDependencyOrder } from '../../../config/order.ts'
import { UnknownEnvironmentError, resolveEnvironment } from '../../../config/resolve.ts'

const { config } = parseConfig(
  `project: mailman
checks: { commands: [make check], timeout: 10m }
images:
  api: { repository: mailman, target: api, args: { PROFILE: release } }
  worker: { repository: mailman, target: worker, timeout: 1h }
  spare: { repository: mailman }
services:
  worker: { service: mailman-worker, after: [api], circuitBreaker: optional }
  api:
    service: mailman-api
    verifyUrl: https://mailman.example/health
  constructor: { service: mailman-cron, containers: { main: worker, sidecar: api } }
environments:
  staging:
    cluster: mailman-staging
    mode: force
    services:
      api: { verifyUrl: https://staging.example/health, revision: { base: newest } }
      worker: { after: [] }
  production: { cluster: mailman, region: eu-central-1 }
`,
  'slipway.yaml',
)

const source = { repository: '/src/mailman' }

test('a spec has every default filled in, and no field for what was left out', () => {
  const spec = resolveEnvironment(config, 'production', source)
  assert.deepEqual(spec, {
    project: 'mailman',
    environment: 'production',
    aws: { region: 'eu-central-1' },
    cluster: 'mailman',
    mode: 'pin',
    repository: '/src/mailman',
    checks: { commands: ['make check'], timeoutMs: 600_000 },
    images: [
      {
        name: 'api',
        repository: 'mailman',
        dockerfile: 'Dockerfile',
        context: '.',
        target: 'api',
        args: { PROFILE: 'release' },
        timeoutMs: 45 * 60_000,
      },
      {
        name: 'worker',
        repository: 'mailman',
        dockerfile: 'Dockerfile',
        context: '.',
        target: 'worker',
        args: {},
        timeoutMs: 60 * 60_000,
      },
    ],
    services: [
      {
        name: 'api',
        ecsService: 'mailman-api',
        containers: { api: 'api' },
        after: [],
        circuitBreaker: 'required',
        revision: { base: 'running' },
        verifyUrl: 'https://mailman.example/health',
      },
      {
        name: 'worker',
        ecsService: 'mailman-worker',
        containers: { worker: 'worker' },
        after: ['api'],
        circuitBreaker: 'optional',
        revision: { base: 'running' },
      },
      {
        name: 'constructor',
        ecsService: 'mailman-cron',
        containers: { main: 'worker', sidecar: 'api' },
        after: [],
        circuitBreaker: 'required',
        revision: { base: 'running' },
      },
    ],
    otherServices: ['worker', 'api', 'cron'].map((name) => ({
      cluster: 'mailman-staging',
      ecsService: `mailman-${name}`,
    })),
    stability: { timeoutMs: 30 * 60_000, windowMs: 30_000 },
    rollback: { timeoutMs: 30 * 60_000, deregister: false },
    failure: { logs: true },
    taskQueues: { release: 'slipway', builder: 'slipway-builder' },
    admission: { policy: 'supersede', supersedeRunning: false, freezes: [] },
  })
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec)
})

test('an environment replaces only the fields that it gives', () => {
  const { services, mode, cluster } = resolveEnvironment(config, 'staging', source)
  assert.deepEqual({ mode, cluster }, { mode: 'force', cluster: 'mailman-staging' })
  assert.deepEqual(
    services.map(({ name }) => name),
    ['worker', 'api', 'constructor'],
  )
  const api = services.find((one) => one.name === 'api')
  assert.equal(api?.verifyUrl, 'https://staging.example/health')
  assert.equal(api.ecsService, 'mailman-api')
  assert.deepEqual(api.revision, { base: 'newest' })
  const worker = services.find((one) => one.name === 'worker')
  assert.equal(worker?.circuitBreaker, 'optional')
})

test('a spec knows the services of other environments that may share a task definition family', () => {
  const { config: two } = parseConfig(
    `project: mailman
images:
  api: { repository: mailman }
services:
  api: { service: api }
environments:
  staging: { cluster: one, region: eu-west-1, services: { api: { service: api-staging } } }
  production: { cluster: two, region: eu-west-1 }
  america: { cluster: three, region: us-east-1 }
`,
    'slipway.yaml',
  )
  assert.deepEqual(resolveEnvironment(two, 'production', source).otherServices, [
    { cluster: 'one', ecsService: 'api-staging' },
  ])
  assert.equal(resolveEnvironment(two, 'america', source).otherServices, undefined)
})

test('builders clone the repository that the configuration names', () => {
  const remote = { ...config, repository: 'git@github.com:mailman/mailman.git' }
  assert.equal(
    resolveEnvironment(remote, 'production', source).repository,
    'git@github.com:mailman/mailman.git',
  )
})

test('an unknown environment is an error that lists the known ones', () => {
  for (const name of ['prodction', 'toString', '__proto__', '']) {
    assert.throws(() => resolveEnvironment(config, name, source), UnknownEnvironmentError)
  }
  assert.throws(() => resolveEnvironment(config, 'prodction', source), {
    message:
      'There is no environment "prodction" in the configuration; did you mean "production"? Environments: staging, production.',
  })
})

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

test('every service comes after all that it waits for, and independent ones keep their order', () => {
  const acyclic = fc
    .tuple(fc.shuffledSubarray(names, { minLength: 1 }), fc.infiniteStream(fc.boolean()))
    .map(([chosen, coin]) =>
      chosen.map((name) => ({
        name,
        // Only names before it in the alphabet: such a graph has no cycle.
        after: chosen.filter((other) => other < name && coin.next().value === true),
      })),
    )
  fc.assert(
    fc.property(acyclic, (all) => {
      assert.deepEqual(cycles(all), [])
      const ordered = inDependencyOrder(all)
      assert.deepEqual(ordered.toSorted(byName), all.toSorted(byName))
      const at = (name: string) => ordered.findIndex((one) => one.name === name)
      for (const one of ordered) {
        for (const before of one.after) assert.ok(at(before) < at(one.name))
      }
      if (all.every((one) => one.after.length === 0)) assert.deepEqual(ordered, all)
    }),
  )
})

test('in any graph each cycle that is found is one, and ordering still ends', () => {
  const graph = fc.array(
    fc.record({ name: fc.constantFrom(...names), after: fc.subarray(names) }),
    { maxLength: 7 },
  )
  fc.assert(
    fc.property(graph, (drawn) => {
      const all = [...new Map(drawn.map((one) => [one.name, one])).values()]
      for (const round of cycles(all)) {
        assert.equal(round[0], round.at(-1))
        for (const [index, name] of round.slice(0, -1).entries()) {
          const one = all.find((candidate) => candidate.name === name)
          assert.ok(one?.after.includes(round[index + 1] ?? ''))
        }
      }
      assert.equal(inDependencyOrder(all).length, all.length)
    }),
  )
})

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name)
}

test('an environment notifies the receivers at the top of the file, its own instead, or none', () => {
  const { config: some } = parseConfig(
    `project: hello
images: { api: { repository: hello } }
services: { api: { service: hello-api } }
notifications: [{ type: slack, urlFrom: SLACK_WEBHOOK_URL }]
environments:
  usual: { cluster: hello }
  quiet: { cluster: hello, notifications: [] }
  own:
    cluster: hello
    notifications:
      - { type: webhook, urlFrom: HOOK, secretFrom: SECRET, on: [outcome], outcomes: [rejected] }
`,
    'slipway.yaml',
  )
  const receiversIn = (environment: string) =>
    resolveEnvironment(some, environment, source).notifications
  assert.deepEqual(
    receiversIn('usual')?.map(({ urlFrom }) => urlFrom),
    ['SLACK_WEBHOOK_URL'],
  )
  assert.equal(receiversIn('quiet'), undefined)
  assert.deepEqual(receiversIn('own'), [
    {
      type: 'webhook',
      urlFrom: 'HOOK',
      secretFrom: 'SECRET',
      on: ['outcome'],
      outcomes: ['rejected'],
    },
  ])
})
