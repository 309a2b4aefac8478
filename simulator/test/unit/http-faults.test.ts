import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ECSClient, ListTasksCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { manualClock } from '../../clock/index.ts'
import { testEndpoint } from './http-endpoint.ts'

/** An endpoint that counts how often it acted. */
async function counting(options: Parameters<typeof testEndpoint>[1] = {}) {
  const acted = { times: 0 }
  const endpoint = await testEndpoint(
    {
      ECS: {
        ListTasks: () => ({ taskArns: ['arn:task'] }),
        UpdateService() {
          acted.times++
          return { service: { serviceName: 'api' } }
        },
      },
    },
    options,
  )
  const client = new ECSClient(endpoint.client())
  return {
    endpoint,
    acted,
    list: () => client.send(new ListTasksCommand({})),
    update: () => client.send(new UpdateServiceCommand({ service: 'api' })),
    control: (method: string, path: string, body?: unknown) =>
      fetch(`${endpoint.url}/_simulator/${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  }
}

test('a throttle fault hits `count` calls of its operation, and no other operation', async () => {
  await using simulator = await counting()
  const fault = { operation: 'UpdateService', kind: 'throttle', count: 2 }
  assert.equal((await simulator.control('POST', 'faults', fault)).status, 200)

  await simulator.list()
  const throttled = { name: 'ThrottlingException', message: 'Rate exceeded' }
  await assert.rejects(simulator.update(), throttled)
  await assert.rejects(simulator.update(), throttled)
  await simulator.update()

  assert.equal(simulator.acted.times, 1)
})

test('a fault can let some calls pass first', async () => {
  await using simulator = await counting()
  simulator.endpoint.faults.add({ operation: 'ECS:ListTasks', kind: 'error5xx', after: 1 })

  await simulator.list()
  await assert.rejects(simulator.list(), { name: 'ServiceUnavailable' })
  await simulator.list()
})

test('a fault with `about` hits only calls with that name in their input', async () => {
  await using simulator = await counting()
  simulator.endpoint.faults.add({ operation: 'UpdateService', kind: 'error5xx', about: 'worker' })
  await simulator.update()

  simulator.endpoint.faults.add({ operation: 'UpdateService', kind: 'error5xx', about: 'api' })
  await assert.rejects(simulator.update(), { name: 'ServiceUnavailable' })
  await simulator.update()

  assert.equal(simulator.acted.times, 2)
})

test('a dropped call does not act; a call with a lost response does', async () => {
  await using simulator = await counting()
  simulator.endpoint.faults.add({ operation: 'UpdateService', kind: 'drop' })
  simulator.endpoint.faults.add({ operation: '*', kind: 'loseResponse' })

  await assert.rejects(simulator.update(), { code: 'ECONNRESET' })
  assert.equal(simulator.acted.times, 0)
  await assert.rejects(simulator.update(), { code: 'ECONNRESET' })
  assert.equal(simulator.acted.times, 1)
})

test('a call that is denied, refused or has expired credentials does not act', async () => {
  await using simulator = await counting()
  for (const [fault, error] of [
    [{ kind: 'deny' }, { name: 'AccessDeniedException', message: /ecs:UpdateService/ }],
    [{ kind: 'expire' }, { name: 'ExpiredTokenException', message: /expired/ }],
    [
      { kind: 'refuse', code: 'InvalidParameterException', message: 'no such port' },
      { name: 'InvalidParameterException', message: 'no such port' },
    ],
  ] as const) {
    simulator.endpoint.faults.add({ operation: 'UpdateService', ...fault })
    await assert.rejects(simulator.update(), error)
  }
  assert.equal(simulator.acted.times, 0)
})

test('leaveOut omits fields from the answer, and the call acts', async () => {
  await using simulator = await counting()
  simulator.endpoint.faults.add({ operation: '*', kind: 'leaveOut', fields: ['serviceName'] })
  assert.deepEqual((await simulator.update()).service, {})
  assert.equal(simulator.acted.times, 1)
  assert.deepEqual((await simulator.update()).service, { serviceName: 'api' })
})

test("a delay runs on the simulator's clock", async () => {
  const clock = manualClock()
  await using simulator = await counting({ clock })
  simulator.endpoint.faults.add({ operation: 'ECS:*', kind: 'delay', delayMs: 60_000 })

  let answered = false
  const answer = simulator.list().then(() => (answered = true))
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(answered, false)
  await clock.advance(60_000)
  await answer
})

test('faults are listed, and deleted by id or all at once', async () => {
  await using simulator = await counting()
  const fault = { operation: 'ListTasks', kind: 'drop', count: 'forever' }
  const { id } = (await (await simulator.control('POST', 'faults', fault)).json()) as { id: string }
  await simulator.control('POST', 'faults', fault)

  await simulator.control('DELETE', `faults/${id}`)
  assert.equal(simulator.endpoint.faults.list().length, 1)
  await simulator.control('DELETE', 'faults')
  await simulator.list()
  assert.equal((await simulator.control('DELETE', `faults/${id}`)).status, 400)
})

test('an invalid fault is rejected with the reason', async () => {
  await using simulator = await counting()
  const refusal = async (fault: unknown) => {
    const answer = await simulator.control('POST', 'faults', fault)
    assert.equal(answer.status, 400)
    return ((await answer.json()) as { error: string }).error
  }

  assert.match(await refusal({ operation: 'X', kind: 'explode' }), /one of throttle, error5xx/)
  assert.match(await refusal({ kind: 'drop' }), /operation must be a name/)
  assert.match(await refusal({ operation: 'X', kind: 'drop', count: 0 }), /count is 0/)
  assert.match(
    await refusal({ operation: 'X', kind: 'drop', often: 3 }),
    /Unknown field of a fault: often\./,
  )
  assert.match(await refusal({ operation: 'X', kind: 'drop', about: 3 }), /about is 3/)
  assert.match(await refusal({ operation: 'X', kind: 'refuse', code: '' }), /code is ""/)
  assert.match(
    await refusal({ operation: 'X', kind: 'leaveOut' }),
    /fields must be a list of names/,
  )
  assert.match(
    await refusal({ operation: 'X', kind: 'drop', fields: ['a'] }),
    /only for kind leaveOut/,
  )
  assert.match(await refusal([]), /operation must be a name/)
})

test('the state shows how often each operation was called', async () => {
  await using simulator = await counting()
  await simulator.list()
  await simulator.list()

  const state = (await (await simulator.control('GET', 'state')).json()) as {
    account: string
    calls: unknown
  }

  assert.equal(state.account, '000000000000')
  assert.deepEqual(state.calls, { 'ECS:ListTasks': 2 })
  assert.equal((await simulator.control('GET', 'nothing')).status, 404)
})
