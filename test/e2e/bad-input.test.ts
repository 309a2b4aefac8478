import { testDisposer } from '../test-disposer.ts'
import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CreateServiceCommand } from '@aws-sdk/client-ecs'
import { startChild } from '../../local/process/child.ts'
import { commitAll } from '../../local/stack/hello.ts'
import { configurations } from './bad-input-configurations.ts'
import { openExample, runSlipway, type ExampleEnvironment } from './example-environment.ts'
import { untilWritten } from './crash-moment.ts'
import { makeHostile } from './hostile-names.ts'
import { impossibleRollbacks } from './impossible-rollbacks.ts'
import { stateOfAws } from './untouched.ts'
import { answering } from './what-runs.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

/**
 * Mistakes in an input or an environment, found by the real command on a real stack: one message
 * that says what to do, exit status 2, and nothing changed.
 */

let stack: LocalStack
let harbour: ExampleEnvironment
const disposer = testDisposer()

before(async () => {
  stack = await openLocalStack()
  disposer.add('the stack', stack.close)
  harbour = await openExample(stack, 'harbour')
  await createServiceWithoutBreaker()
  await writeConfigurations()
  await commitAll(harbour.checkout, 'Configure many things badly')
  disposer.add('the other worker', await startStrangeWorker())
})
after(disposer.dispose)

/** A service of the same cluster with ECS's default: no circuit breaker. */
async function createServiceWithoutBreaker(): Promise<void> {
  await stack.aws.ecs.send(
    new CreateServiceCommand({
      cluster: 'harbour',
      serviceName: 'harbour-unguarded',
      taskDefinition: 'harbour-api',
      desiredCount: 0,
    }),
  )
}

async function writeConfigurations(): Promise<void> {
  for (const [name, text] of Object.entries(configurations)) {
    await writeFile(path.join(harbour.checkout, `${name}.yaml`), text)
  }
}

function profile(name: string, key: string): string {
  return `[profile ${name}]\naws_access_key_id = ${key}\naws_secret_access_key = x\n`
}

/** A worker with every kind of bad credentials, and without an engine. */
async function startStrangeWorker(): Promise<() => Promise<void>> {
  const profiles = path.join(stack.folder, 'profiles')
  const logFile = path.join(stack.folder, 'strange.log')
  await writeFile(profiles, profile('expired', 'EXPIRED') + profile('denied', 'DENIED'))
  const worker = await startChild({
    name: 'the strange worker',
    file: process.execPath,
    args: [
      path.join(import.meta.dirname, '../../cli/main.ts'),
      'worker',
      '--config=engine.yaml',
      '--builder-name=strange',
    ],
    cwd: harbour.checkout,
    logFile,
    env: {
      ...stack.stack.env,
      AWS_CONFIG_FILE: profiles,
      DOCKER_HOST: `unix://${path.join(stack.folder, 'no-engine.sock')}`,
    },
  })
  await Promise.race([untilWritten(logFile, 'Serving release and builder'), worker.failed])
  return () => worker.stop()
}

/** The mistake, the configuration that has it, and the expected message: finding and remedy. */
const cases: readonly [title: string, config: string, ...expected: RegExp[]][] = [
  ['a configuration that is no YAML', 'syntax', /^syntax\.yaml:3:1: found malformed YAML: /],
  [
    'a cluster that does not exist',
    'cluster',
    /There is no ECS cluster "harbor" in region us-east-1, account \d+\. Correct "cluster" or "region"/,
  ],
  [
    'an ECS service that does not exist',
    'service',
    /There is no service "harbour-app" in cluster "harbour" .*Create it, or correct "service" of "api" in slipway\.yaml/,
  ],
  [
    'a container that is not in the task definition',
    'container',
    /names container "web", but task definition harbour-api:1 has "api"\. Correct "containers"/,
  ],
  [
    'a service whose circuit breaker is off',
    'breaker',
    /circuit breaker of service "harbour-unguarded" is off/,
    /aws ecs update-service --cluster harbour --service harbour-unguarded/,
    /"circuitBreaker: optional"/,
  ],
  [
    'an ECR repository that does not exist',
    'repository',
    /no ECR repository "harbor" for image "api"/,
    /aws ecr create-repository --repository-name harbor/,
  ],
  [
    'a Dockerfile that is not in the commit',
    'dockerfile',
    /"Dockerfil" \("dockerfile" of image "api"\) is not in commit [0-9a-f]{40}\. Correct it/,
  ],
  [
    'a stage that is not in the Dockerfile',
    'stage',
    /Building image "api" failed\. Its last lines:\n/,
    /target stage "?app"? could not be found/,
  ],
  [
    'a source that the builder cannot read',
    'source',
    /The builder cannot read .*harbour\/nowhere\. Check "repository" in slipway\.yaml/,
  ],
  [
    'a queue that nobody serves',
    'unserved',
    /^No worker that runs releases serves the task queue "nobody", .*slipway worker$/,
  ],
  [
    'a builder without a container engine',
    'engine',
    /The container engine does not answer .*DOCKER_HOST/,
    /no-engine\.sock/,
  ],
  [
    'credentials that have expired',
    'expired',
    /AWS does not accept the worker's credentials \(ExpiredToken.*Renew them where the worker runs/,
  ],
  [
    'credentials that may not do it',
    'denied',
    /AWS denies the worker a permission .*Allow "ecs:\w+"/,
  ],
  [
    'a profile that the worker does not have',
    'unknown',
    /credentials .*Could not load credentials from any providers \(profile "nobody"\).*where the worker runs \(a role, a profile/,
  ],
]

describe('bad input gets one clear message and exit status 2, and changes nothing', () => {
  for (const [title, config, ...expected] of cases) {
    test(title, async () => {
      const place = { cluster: 'harbour', repository: 'harbour' }
      const unchanged = await stateOfAws(stack, place)
      const environment = configurations[config]?.includes('release: strange')
        ? 'strange'
        : 'harbour'
      const { exitCode, output } = await harbour.slipway(
        'deploy',
        environment,
        `--config=${config}.yaml`,
      )
      assert.equal(exitCode, 2, output)
      for (const words of expected) assert.match(output, words)
      assert.doesNotMatch(output, /\n\s+at /, 'no stack trace')
      assert.deepEqual(await stateOfAws(stack, place), unchanged)
    })
  }

  test('a namespace that the server does not have', async () => {
    const env = { ...stack.stack.env, TEMPORAL_NAMESPACE: 'harbor' }
    const elsewhere = { ...stack, stack: { ...stack.stack, env } }
    const { exitCode, output } = await runSlipway(elsewhere, harbour.checkout, [
      'deploy',
      'harbour',
    ])
    assert.equal(exitCode, 2, output)
    assert.match(output, /^Temporal answered: [^.]*harbor[^.]*\. Check TEMPORAL_NAMESPACE\.$/)
  })
})

describe('an impossible rollback says why, and changes nothing', () => {
  const place = { cluster: 'jetty', repository: 'jetty' }
  let jetty: ExampleEnvironment
  before(async () => {
    jetty = await openExample(stack, 'jetty')
  })

  for (const { title, target, expected } of impossibleRollbacks) {
    test(title, async () => {
      const to = await target(stack, jetty)
      const unchanged = await stateOfAws(stack, place)
      const { exitCode, output } = await jetty.slipway('rollback', 'jetty', ...to)
      assert.equal(exitCode, 2, output)
      assert.match(output, expected)
      assert.deepEqual(await stateOfAws(stack, place), unchanged)
    })
  }
})

test('names, messages and paths are treated as data, whatever they contain', async () => {
  const example = await openExample(stack, 'hostile')
  const { folder, mark, subject, branch, tag } = await makeHostile(stack, example)
  const first = await runSlipway(stack, folder, ['deploy', 'hostile', `--commit=${branch}`])
  assert.equal(first.exitCode, 0, first.output)
  assert.ok(first.output.includes(subject), first.output)
  for (const control of ['\u001B', '\u202E']) assert.ok(!first.output.includes(control))
  assert.equal((await answering(stack, example)).version, 'hostile')

  const second = await runSlipway(stack, folder, ['deploy', 'hostile', `--commit=${tag}`])
  assert.equal(second.exitCode, 0, second.output)
  assert.match(second.output, /nothing to do/i)

  const here = [process.cwd(), homedir(), tmpdir()].map((place) => readdir(place))
  const names = [...(await Promise.all(here)), await readdir(stack.folder, { recursive: true })]
  assert.deepEqual(
    names.flat().filter((name) => path.basename(name) === mark),
    [],
    'nothing was executed',
  )
})
