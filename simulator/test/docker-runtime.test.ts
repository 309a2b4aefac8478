import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { dockerRuntime, removeSimulatedContainers } from '../runtime/docker.ts'
import type { ContainerSpec, TaskRuntime, TaskSpec } from '../runtime/types.ts'
import { openDockerFixture, serving, type DockerFixture } from './docker-fixture.ts'

let fixture: DockerFixture
let runtime: TaskRuntime
let digest: string

before(async () => {
  fixture = await openDockerFixture()
  runtime = fixture.simulator.engine.runtime
  await fixture.createRepository('api')
  await fixture.login()
  digest = await fixture.push(await fixture.build('api:v1', serving))
})

after(() => fixture.close())

function task(...containers: Partial<ContainerSpec>[]): TaskSpec {
  return {
    id: randomUUID().replaceAll('-', ''),
    taskDefinition: 'api:1',
    service: 'api',
    cluster: 'mailman',
    containers: containers.map((container) => ({
      name: 'api',
      image: `${fixture.host}/api:v1`,
      essential: true,
      environment: {},
      portMappings: [],
      ...container,
    })),
  }
}

/** Starts a task. Returns its events as promises. */
function start(spec: TaskSpec, on = runtime) {
  const pulled = Promise.withResolvers<Readonly<Record<string, string>>>()
  const running = Promise.withResolvers<Readonly<Record<number, number>>>()
  const failed = Promise.withResolvers<string>()
  const stopped = Promise.withResolvers<Readonly<Record<string, number>>>()
  on.start(spec, {
    pulled: pulled.resolve,
    running: running.resolve,
    failedToStart(reason) {
      failed.resolve(reason)
      for (const other of [pulled, running, stopped]) other.reject(new Error(reason))
    },
    stopped: stopped.resolve,
  })
  // A test awaits only some of them.
  for (const { promise } of [pulled, running, stopped]) promise.catch(() => undefined)
  return {
    pulled: pulled.promise,
    running: running.promise,
    failed: failed.promise,
    stopped: stopped.promise,
  }
}

/** Probes until the container listens, or the test's time limit ends. */
async function firstAnswer(taskId: string, port: number, path: string) {
  for (;;) {
    const answer = await runtime.probe(taskId, port, path, 2000)
    if (answer.kind === 'status') return answer.status
  }
}

const containersOf = (taskId: string): Promise<string> =>
  fixture.docker(['ps', '--all', '--quiet', '--filter', `label=slipway.task=${taskId}`])

test('a task runs the image of its tag, answers on its port, writes a log, and is stopped', async () => {
  const spec = task({ portMappings: [{ containerPort: 8080 }] })
  const told = start(spec)

  assert.deepEqual(await told.pulled, { api: digest })
  const ports = await told.running
  assert.ok((ports[8080] ?? 0) > 1024)
  assert.equal(await firstAnswer(spec.id, 8080, '/health'), 200)
  assert.equal(await firstAnswer(spec.id, 8080, '/nothing'), 404)
  assert.deepEqual(await runtime.logs(spec.id, 'api', 10), ['api:v1 serves'])

  runtime.stop(spec.id)
  const exitCodes = await told.stopped
  assert.deepEqual(Object.keys(exitCodes), ['api'])
  assert.notEqual(exitCodes['api'], 0)
  assert.equal((await runtime.probe(spec.id, 8080, '/health', 2000)).kind, 'refused')
  assert.deepEqual(await runtime.logs(spec.id, 'api', 10), ['api:v1 serves'])
})

test("a container's own health check runs in it, with its exit code and its time limit", async () => {
  const spec = task({ portMappings: [{ containerPort: 8080 }] })
  const told = start(spec)
  assert.equal(await runtime.check(spec.id, 'api', ['true'], 5000), false)
  await told.running
  const shell = (line: string, timeoutMs = 5000) =>
    runtime.check(spec.id, 'api', ['/bin/sh', '-c', line], timeoutMs)
  assert.equal(await shell('echo looking; test "$PWD" = /www'), true)
  assert.equal(await shell('exit 7'), false)
  assert.equal(await shell('sleep 60', 300), false)
  assert.equal(await runtime.check(spec.id, 'api', ['no-such-program'], 5000), false)
  runtime.stop(spec.id)
  await told.stopped
  assert.equal(await shell('true'), false)
})

test('a container that ends on its own reports its exit code, and leaves nothing behind', async () => {
  const spec = task({
    command: ['sh', '-c', 'echo "$WORD"; exit 3'],
    environment: { WORD: '$(x)' },
  })
  const told = start(spec)

  assert.deepEqual(await told.stopped, { api: 3 })
  assert.deepEqual(await runtime.logs(spec.id, 'api', 10), ['$(x)'])
  while ((await containersOf(spec.id)) !== '');
})

test('a missing tag fails as on ECS', async () => {
  const image = `${fixture.host}/api:v9`

  assert.equal(
    await start(task({ image })).failed,
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
  )
})

test('a missing command fails the start, and leaves nothing behind', async () => {
  const spec = task({ command: ['/nowhere'] })

  assert.match(await start(spec).failed, /^CannotStartContainerError: Error response from daemon: /)
  while ((await containersOf(spec.id)) !== '');
})

test('the containers of a task see each other on localhost, and end with the essential one', async () => {
  const spec = task(
    { name: 'proxy', essential: false, command: ['sleep', '600'] },
    { name: 'web' },
    {
      name: 'job',
      command: ['sh', '-c', 'until wget -q -O - 127.0.0.1:8080/health; do :; done; exit 7'],
    },
  )
  const told = start(spec)

  const exitCodes = await told.stopped

  assert.equal(exitCodes['job'], 7)
  assert.deepEqual(Object.keys(exitCodes).toSorted(), ['job', 'proxy', 'web'])
  assert.deepEqual(await runtime.logs(spec.id, 'job', 1), ['ok'])
})

test('a container that ignores SIGTERM is killed after the stop timeout', async () => {
  const spec = task({ command: ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"] })
  const told = start(spec)
  await told.running

  runtime.stop(spec.id)

  assert.deepEqual(await told.stopped, { api: 137 })
})

test('a task whose containers are removed with docker has ended', async () => {
  const spec = task({ command: ['sleep', '600'] })
  const told = start(spec)
  await told.running

  await fixture.docker(['rm', '--force', await containersOf(spec.id)])

  assert.deepEqual(await told.stopped, { api: 137 })
})

test('closing ends every task, and containers left by a crash are found by their label', async () => {
  const { dockerHost } = fixture
  const instance = `${fixture.instance}-other`
  const labelled = ['ps', '--all', '--quiet', '--filter', `label=slipway.simulator=${instance}`]
  const open = () => dockerRuntime({ dockerHost, instance })
  const spec = task({ image: `${fixture.host}/api@${digest}`, command: ['sleep', '600'] })

  const closing = await open()
  const told = start(spec, closing)
  await told.running
  await closing.close()
  await told.stopped
  assert.equal(await fixture.docker(labelled), '')

  const name = `--label=slipway.simulator=${instance}`
  await fixture.docker(['run', '--detach', name, `${fixture.host}/api:v1`])
  assert.equal(await removeSimulatedContainers({ dockerHost, instance }), 1)
  await fixture.docker(['run', '--detach', name, `${fixture.host}/api:v1`])
  const again = await open()
  assert.equal(await fixture.docker(labelled), '')
  await again.close()
})
