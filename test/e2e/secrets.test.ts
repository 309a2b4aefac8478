import { testDisposer } from '../test-disposer.ts'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { commitAll } from '../../local/stack/hello.ts'
import { until } from '../../local/process/until.ts'
import { startWorker } from '../../local/stack/worker.ts'
import { openExample, type ExampleEnvironment, type CommandEnd } from './example-environment.ts'
import { secretsIn, textIn, type Secrets } from './secret-forms.ts'
import { watchPrograms, type WatchedPrograms } from './watched-programs.ts'
import { openReceiver, type Receiver } from '../workflows/receiver.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

/**
 * Releases with secrets wherever real ones have some, and a search for them in everything that the
 * releases leave behind. The search also expects a commit, which proves that it read the right place.
 */

const random = () => randomBytes(24).toString('base64url')

/** Secrets known before the releases begin; the registry issues its tokens during them. */
const planted = {
  'variable of a container': `postgres://app:${random()}@db/app?a=b&c="d"`,
  'changed variable of a container': random(),
  'token in the options of a log driver': random(),
  'secret access key': `${random()}/+${random()}`,
  'session token': `${random()}==`,
  'access key id': `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  'password in the address of the repository': random(),
  'path of a webhook': random(),
  'secret that a webhook is signed with': randomBytes(33).toString('base64'),
} as const

let stack: LocalStack
let example: ExampleEnvironment
/** The programs of the worker, and those of the command. */
let programs: WatchedPrograms
let ofTheCommand: WatchedPrograms
let cacheDir: string
/** Accepts the first call, answers 404 with its own address, drops one, and accepts the rest. */
let receiver: Receiver
let secrets: Secrets
const said: CommandEnd[] = []
const disposer = testDisposer()

before(async () => {
  const opened = await openLocalStack()
  disposer.add('the stack', opened.close)
  const { dockerPath } = opened.stack
  programs = await watchPrograms(path.join(opened.folder, 'worker-runs'), dockerPath)
  ofTheCommand = await watchPrograms(path.join(opened.folder, 'command-runs'), dockerPath)
  cacheDir = path.join(opened.folder, 'cache')
  stack = {
    ...opened,
    stack: { ...opened.stack, env: withSecrets(opened.stack.env, ofTheCommand) },
  }
  const webhook = `/${planted['path of a webhook']}`
  receiver = await openReceiver(
    { status: 200 },
    { status: 404, body: `Cannot POST ${webhook}` },
    'drop',
  )
  disposer.add('the receiver', receiver.close)
  process.kill(stack.stack.workerPid, 'SIGKILL')
  const worker = await startWorker({
    env: {
      ...withSecrets(opened.stack.env, programs),
      SLIPWAY_CACHE: cacheDir,
      SLIPWAY_DOCKER: programs.docker,
      WEBHOOK_URL: new URL(webhook, receiver.url).href,
      WEBHOOK_SECRET: `whsec_${planted['secret that a webhook is signed with']}`,
    },
    logFile: path.join(stack.stack.logs, 'watched-worker.log'),
  })
  disposer.add('the worker', () => worker.stop())
  example = await openExample(stack, 'secrets')
  await release()
  const tokens = (await programs.passwords()).map((token, index) => [
    `registry token ${index}`,
    token,
  ])
  assert.notEqual(tokens.length, 0, 'a login was watched')
  secrets = { ...planted, ...(Object.fromEntries(tokens) as Secrets) }
})
after(disposer.dispose)

function withSecrets(
  env: Readonly<Record<string, string>>,
  { folder }: WatchedPrograms,
): Record<string, string> {
  return {
    ...env,
    AWS_ACCESS_KEY_ID: planted['access key id'],
    AWS_SECRET_ACCESS_KEY: planted['secret access key'],
    AWS_SESSION_TOKEN: planted['session token'],
    PATH: `${folder}${path.delimiter}${env['PATH'] ?? ''}`,
  }
}

async function slipway(status: number, ...args: readonly string[]): Promise<string> {
  const end = await example.slipway(...args)
  said.push(end)
  assert.equal(end.exitCode, status, 'the exit status of slipway')
  return end.output
}

let good: string
let plan: string
/** A plan that leaves out the revision with the planted variables. */
let planWithout: string

/** Runs a good release, one that is rolled back, one whose checks print secrets, and others. */
async function release(): Promise<void> {
  await plantVariables()
  await nameWebhook()
  await example.commit('v1')
  planWithout = await slipway(0, 'plan', example.environment)
  await takeInNewest()
  good = await example.commit('v1')
  plan = await slipway(0, 'plan', example.environment)
  await slipway(0, 'plan', example.environment, '--json')
  await slipway(0, 'notify', example.environment)
  await slipway(0, 'deploy', example.environment, '--json')
  await example.commit('v2', 'crash')
  await slipway(3, 'deploy', example.environment)
  await commitTalkativeCheck()
  await slipway(2, 'deploy', example.environment)
  await slipway(0, 'releases', example.environment)
  await slipway(0, 'status', example.environment, '--json')
  await commitPasswordInAddress()
  await slipway(2, 'deploy', example.environment)
}

/** As Terraform would: a new revision with more variables, which does not run yet. */
async function plantVariables(): Promise<void> {
  const { ecs } = stack.aws
  const family = `${example.environment}-api`
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: family }),
  )
  const { containerDefinitions = [], networkMode } = taskDefinition ?? {}
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode,
      containerDefinitions: containerDefinitions.map((container) => ({
        ...container,
        environment: [
          { name: 'DATABASE_URL', value: planted['variable of a container'] },
          // The running revision has another value.
          { name: 'GREETING', value: planted['changed variable of a container'] },
        ],
        logConfiguration: {
          logDriver: 'splunk',
          options: { 'splunk-token': planted['token in the options of a log driver'] },
        },
      })),
    }),
  )
}

async function nameWebhook(): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const webhook = '{ type: webhook, urlFrom: WEBHOOK_URL, secretFrom: WEBHOOK_SECRET }'
  await appendFile(file, `notifications: [${webhook}]\n`)
}

async function takeInNewest(): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  const newest = 'revision: { base: newest }'
  await writeFile(file, config.replace(/^  api: \{ service: /m, `  api: { ${newest}, service: `))
}

async function commitTalkativeCheck(): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  const commands = "['env | grep -i aws; echo that is all; exit 1']"
  await writeFile(file, config.replace(/commands: \[.*\]/, `commands: ${commands}`))
  await commitAll(example.checkout, 'Print what a check can see')
}

async function commitPasswordInAddress(): Promise<void> {
  const password = planted['password in the address of the repository']
  const file = path.join(example.checkout, 'slipway.yaml')
  await appendFile(file, `repository: https://ann:${password}@127.0.0.1:1/hello.git\n`)
  await commitAll(example.checkout, 'Name the repository with a password')
}

/** Leaves out the secrets in files that the test itself has written. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name))
}

function assertNoSecretIn(places: readonly (string | Uint8Array)[]): void {
  const all = places.map((place) => Buffer.from(place))
  assert.ok(
    all.some((place) => place.includes(good)),
    'a commit is found, so the search reads the right place',
  )
  assert.deepEqual([...new Set(all.flatMap((place) => secretsIn(place, secrets)))], [])
}

describe('nothing that a release leaves behind holds a secret', () => {
  test('no history, memo, search attribute or detail in the UI', async () => {
    const { workflow } = stack.temporal
    const found: string[] = []
    const types = new Set<string>()
    await until(async () => (await workflow.count('CloseTime IS NOT NULL')).count >= 7, {
      what: 'three plans, a test of notifications and three releases to be listed',
      timeoutMs: 30_000,
    })
    for await (const listed of workflow.list()) {
      const handle = workflow.getHandle(listed.workflowId, listed.runId)
      types.add(listed.type)
      found.push(textIn(listed.raw), textIn((await handle.describe()).raw))
      found.push(textIn(await handle.fetchHistory()))
      found.push(textIn(await handle.query('__temporal_workflow_metadata')))
    }
    assert.deepEqual([...types].toSorted(), ['environment', 'plan', 'release', 'testNotifications'])
    assertNoSecretIn(found)
  })

  test("no byte of Temporal's database, and no log", async () => {
    const files = (await filesBelow(path.dirname(stack.stack.logs))).filter(
      // The simulated AWS keeps task definitions there, as AWS does.
      (file) => !file.includes('/registry/images/') && path.basename(file) !== 'aws.json',
    )
    const logs = files.filter((file) => file.startsWith(stack.stack.logs))
    assertNoSecretIn(await Promise.all(logs.map((file) => readFile(file))))
    const database = files.filter((file) => path.basename(file).startsWith('temporal.db'))
    assert.notEqual(database.length, 0)
    assertNoSecretIn(await Promise.all(database.map((file) => readFile(file))))
    assertNoSecretIn(await Promise.all(files.map((file) => readFile(file))))
  })

  test('no message to a webhook', () => {
    assert.ok(receiver.received.length >= 4)
    const address = `/${planted['path of a webhook']}`
    for (const one of receiver.received) assert.equal(one.path, address)
    assertNoSecretIn(receiver.received.map(({ body }) => body))
  })

  test('no line of the command', () => {
    assertNoSecretIn(said.map(({ output }) => output))
    const variables = 'containerDefinitions.api.environment'
    assert.match(planWithout, new RegExp(`:2 differs in ${variables}.DATABASE_URL, `))
    assert.match(plan, new RegExp(`${variables}.DATABASE_URL\\n\\s+\\+ \\(hidden\\)`))
    assert.match(plan, new RegExp(`${variables}.GREETING\\n.*- \\(hidden\\)\\n.*\\+ \\(hidden\\)`))
  })

  test('no argument of docker or git, and no variable that lets them speak to Temporal', async () => {
    const [{ arguments: all, variables }, command] = await Promise.all([
      programs.read(),
      ofTheCommand.read(),
    ])
    assert.match(all, /docker\nlogin\n--username\nAWS\n--password-stdin\n/)
    assert.match(all, /git\nworktree\nadd\n/)
    assertNoSecretIn([all])
    assertNoSecretIn([command.arguments])
    assert.ok(variables.includes('PATH'))
    assert.deepEqual(
      variables.filter((name) => name.startsWith('TEMPORAL_')),
      [],
    )
  })

  test("no login in the builder's cache once the push is over", async () => {
    const files = await filesBelow(cacheDir)
    assertNoSecretIn(await Promise.all(files.map((file) => readFile(file))))
    assert.deepEqual(await readdir(path.join(cacheDir, 'logins')), [])
  })
})

test('a secret is found if it is there: as it is, in JSON, in a URL, and anywhere in base64', () => {
  const secret = 'a "good"/bad+secret&more'
  const about = { it: secret }
  assert.deepEqual(secretsIn(`text ${secret} text`, about), ['it'])
  assert.deepEqual(secretsIn(JSON.stringify({ of: { a: secret } }), about), ['it'])
  assert.deepEqual(secretsIn(`?q=${encodeURIComponent(secret)}`, about), ['it'])
  for (const shift of ['', 'A', 'AW', 'AWS', 'AWS:']) {
    for (const rest of ['', 'x', 'xy']) {
      const encoded = Buffer.from(`${shift}${secret}${rest}`)
      assert.deepEqual(secretsIn(encoded.toString('base64'), about), ['it'])
      assert.deepEqual(secretsIn(encoded.toString('base64url'), about), ['it'])
    }
  }
  const payload = { payloads: [{ data: new TextEncoder().encode(JSON.stringify({ secret })) }] }
  assert.deepEqual(secretsIn(textIn({ events: [{ attributes: payload }] }), about), ['it'])
  assert.deepEqual(secretsIn('nothing of the kind', about), [])
})
