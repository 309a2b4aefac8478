import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { PutImageTagMutabilityCommand } from '@aws-sdk/client-ecr'
import type { Schedule } from '../../client/index.ts'
import { until } from '../../local/process/until.ts'
import { openExample, type ExampleEnvironment } from './example-environment.ts'
import { deploy } from './deploying.ts'
import { digestOfTag } from './interventions.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import { openBaseImage } from './own-base-image.ts'
import { answering, assertRuns } from './what-runs.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

let stack: LocalStack
before(async () => {
  stack = await openLocalStack()
})
after(() => stack?.close())

/** Makes the example build from another base image. */
async function buildFrom(example: ExampleEnvironment, base: string): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const text = await readFile(file, 'utf8')
  const args = `args: { BASE: '${base}' }`
  await writeFile(file, text.replaceAll(/target: (api|worker) }/g, `target: $1, ${args} }`))
}

/** Triggers a schedule now, and waits for the end of its run. */
async function trigger({ slipway, environment }: ExampleEnvironment, name: string) {
  const triggered = await slipway('schedule', 'trigger', environment, name)
  assert.equal(triggered.exitCode, 0, triggered.output)
  let last: Schedule['lastRuns'][number] | undefined
  await until(
    async () => {
      const shown = await slipway('schedule', 'show', environment, name, '--json')
      last = (shown.documents[0] as Schedule).lastRuns[0]
      return last !== undefined && last.outcome !== 'running'
    },
    { what: `a run of ${name} to end`, timeoutMs: 120_000 },
  )
  return last ?? assert.fail()
}

test('a scheduled rebuild deploys the same commit on a new base image', async () => {
  const example = await openExample(stack, 'rebuilt')
  const { repository: repositoryName } = example.names
  const imageTagMutability = 'IMMUTABLE'
  await stack.aws.ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability }))
  const base = await openBaseImage(stack, 'rebuilt-base')
  await base.push('first')
  await buildFrom(example, base.reference)
  const commit = await example.commit('v1')
  const first = await deploy(stack, example, 'succeeded')
  const { digest } = await answering(stack, example)
  const uri = example.seeded.repositoryUri
  assert.equal(await base.versionIn(`${uri}@${digest}`), 'first')

  await base.push('patched')
  assert.equal(await base.versionIn(base.reference), 'first', 'the engine still has the old one')
  assert.equal((await deploy(stack, example, 'unchanged')).commit, commit)

  const made = await example.slipway(
    'schedule',
    'create',
    'rebuilt',
    'weekly',
    '--deploy',
    ...sunday,
  )
  assert.equal(made.exitCode, 0, made.output)
  const run = await trigger(example, 'weekly')
  assert.equal(run.outcome, 'succeeded', run.message)
  const live = await answering(stack, example)
  assert.equal(live.version, 'v1')
  assert.notEqual(live.digest, digest)
  assert.equal(await base.versionIn(`${uri}@${live.digest}`), 'patched')
  assert.equal(
    await digestOfTag(stack, example, `api-${commit}`),
    digest,
    'the first image is unchanged',
  )

  await deploy(stack, example, 'unchanged')
  assert.equal((await answering(stack, example)).digest, live.digest)

  const back = await example.slipway('rollback', 'rebuilt', '--json')
  const { id } = resultIn(back)
  await assertOutcome(stack, example, { id, outcome: 'succeeded', command: back })
  await assertRuns(stack, example, { result: first, which: 'revision', version: 'v1' })
})

const sunday = ['--cron', '0 4 * * SUN'] as const
