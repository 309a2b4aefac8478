import assert from 'node:assert/strict'
import { test } from 'node:test'
import { first, simulateService, type ServiceSimulation } from './service-simulation.ts'

const sha = (digit: string): string => `sha256:${digit.repeat(64)}`

/** The digests in DescribeServiceRevisions for each service deployment, newest first. */
function revisionDigests({ call, serviceDeployments }: ServiceSimulation): (string | undefined)[] {
  return serviceDeployments().map(({ targetServiceRevision }) => {
    const { serviceRevisions } = call('DescribeServiceRevisions', {
      serviceRevisionArns: [targetServiceRevision?.arn],
    }) as { serviceRevisions: { containerImages: { imageDigest?: string }[] }[] }
    return first(first(serviceRevisions).containerImages).imageDigest
  })
}

test('only a forced deployment picks up the new digest of a moving tag', async () => {
  let digest = sha('a')
  const simulation = await simulateService({
    behave: () => ({ digests: { api: digest } }),
    desiredCount: 1,
  })
  const { call, settle, tasks, runtime, clock } = simulation
  digest = sha('b')
  runtime.kill(first(runtime.started()).id, 1)
  await clock.advance(120_000)
  const replacement = tasks().find(({ lastStatus }) => lastStatus === 'RUNNING')
  assert.equal(first(replacement?.containers).imageDigest, sha('a'))
  assert.equal(
    first(runtime.started().at(-1)?.containers).image,
    `registry/api@${sha('a')}`,
    'a task of the same deployment starts from the digest that its first one pulled',
  )

  call('UpdateService', { cluster: 'mailman', service: 'api', forceNewDeployment: true })
  assert.equal(await settle(), true)
  const running = tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING')
  assert.deepEqual(
    running.map(({ containers }) => first(containers).imageDigest),
    [sha('b')],
  )
  assert.equal(first(first(running).containers).image, 'registry/api:1')
  assert.deepEqual(revisionDigests(simulation), [sha('b'), sha('a')])
})

test('a rollback runs the digest that its revision ran before, even if the tag has moved', async () => {
  let digest = sha('a')
  const simulation = await simulateService({
    behave: () => ({
      digests: { api: digest },
      ...(digest === sha('b') && { exits: { afterMs: 100 } }),
    }),
    desiredCount: 1,
  })
  const { call, settle, clock, serviceDeployments, runtime } = simulation
  digest = sha('b')
  call('UpdateService', { cluster: 'mailman', service: 'api', forceNewDeployment: true })
  await clock.advanceUntil(
    () => first(serviceDeployments()).status === 'ROLLBACK_IN_PROGRESS',
    600_000,
  )
  digest = sha('c')
  assert.equal(await settle(), true)
  assert.equal(first(serviceDeployments()).status, 'ROLLBACK_SUCCESSFUL')
  assert.equal(first(runtime.started().at(-1)?.containers).image, `registry/api@${sha('a')}`)
})

test('a digest that the runtime does not report is resolved in the registry', async () => {
  const { tasks } = await simulateService({
    engine: {
      resolveDigest: (image) => Promise.resolve(image === 'registry/api:1' ? sha('d') : ''),
    },
    behave: () => ({ tellsDigests: false }),
    desiredCount: 1,
  })
  assert.equal(first(first(tasks()).containers).imageDigest, sha('d'))
})
