import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import type { Disposer } from '../../local/stack/disposer.ts'
import { commitAll } from '../../local/stack/hello.ts'
import { startWorker } from '../../local/stack/worker.ts'
import { openReceiver } from '../workflows/receiver.ts'
import { openExample, type ExampleEnvironment, type CommandEnd } from './example-environment.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'
import type { Secrets } from './secret-forms.ts'
import { watchPrograms, type WatchedPrograms } from './watched-programs.ts'

/** Releases with secrets wherever real ones have some. */

const random = () => randomBytes(24).toString('base64url')

/** Secrets known before the releases begin; the registry issues its tokens during them. */
export const planted = {
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

/** Starts a stack whose worker and command have the secrets, and runs the releases. */
export async function releaseWithSecrets(disposer: Disposer) {
  const opened = await openLocalStack()
  disposer.add('the stack', opened.close)
  const { dockerPath } = opened.stack
  // The programs of the worker, and those of the command.
  const programs = await watchPrograms(path.join(opened.folder, 'worker-runs'), dockerPath)
  const ofTheCommand = await watchPrograms(path.join(opened.folder, 'command-runs'), dockerPath)
  const cacheDir = path.join(opened.folder, 'cache')
  const stack = {
    ...opened,
    stack: { ...opened.stack, env: withSecrets(opened.stack.env, ofTheCommand) },
  }
  const webhook = `/${planted['path of a webhook']}`
  // Accepts the first call, answers 404 with its own address, drops one, and accepts the rest.
  const receiver = await openReceiver(
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
  const example = await openExample(stack, 'secrets')
  const released = await release(stack, example)
  const tokens = (await programs.passwords()).map((token, index) => [
    `registry token ${index}`,
    token,
  ])
  assert.notEqual(tokens.length, 0, 'a login was watched')
  const secrets: Secrets = { ...planted, ...(Object.fromEntries(tokens) as Secrets) }
  return { ...released, stack, receiver, programs, ofTheCommand, cacheDir, secrets }
}

export type ReleasesWithSecrets = Awaited<ReturnType<typeof releaseWithSecrets>>

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

/** Runs a good release, one that is rolled back, one whose checks print secrets, and others. */
async function release(stack: LocalStack, example: ExampleEnvironment) {
  const said: CommandEnd[] = []
  async function slipway(status: number, ...args: readonly string[]): Promise<string> {
    const end = await example.slipway(...args)
    said.push(end)
    assert.equal(end.exitCode, status, 'the exit status of slipway')
    return end.output
  }
  await plantVariables(stack, example)
  await nameWebhook(example)
  await example.commit('v1')
  // It leaves out the revision with the planted variables.
  const planWithout = await slipway(0, 'plan', example.environment)
  await takeInNewest(example)
  const good = await example.commit('v1')
  const plan = await slipway(0, 'plan', example.environment)
  await slipway(0, 'plan', example.environment, '--json')
  await slipway(0, 'notify', example.environment)
  await slipway(0, 'deploy', example.environment, '--json')
  await example.commit('v2', 'crash')
  await slipway(3, 'deploy', example.environment)
  await commitTalkativeCheck(example)
  await slipway(2, 'deploy', example.environment)
  await slipway(0, 'releases', example.environment)
  await slipway(0, 'status', example.environment, '--json')
  await commitPasswordInAddress(example)
  await slipway(2, 'deploy', example.environment)
  return { good, plan, planWithout, said }
}

/** As Terraform would: a new revision with more variables, which does not run yet. */
async function plantVariables({ aws: { ecs } }: LocalStack, example: ExampleEnvironment) {
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

async function nameWebhook(example: ExampleEnvironment): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const webhook = '{ type: webhook, urlFrom: WEBHOOK_URL, secretFrom: WEBHOOK_SECRET }'
  await appendFile(file, `notifications: [${webhook}]\n`)
}

async function takeInNewest(example: ExampleEnvironment): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  const newest = 'revision: { base: newest }'
  await writeFile(file, config.replace(/^  api: \{ service: /m, `  api: { ${newest}, service: `))
}

async function commitTalkativeCheck(example: ExampleEnvironment): Promise<void> {
  const file = path.join(example.checkout, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  const commands = "['env | grep -i aws; echo that is all; exit 1']"
  await writeFile(file, config.replace(/commands: \[.*\]/, `commands: ${commands}`))
  await commitAll(example.checkout, 'Print what a check can see')
}

async function commitPasswordInAddress(example: ExampleEnvironment): Promise<void> {
  const password = planted['password in the address of the repository']
  const file = path.join(example.checkout, 'slipway.yaml')
  await appendFile(file, `repository: https://ann:${password}@127.0.0.1:1/hello.git\n`)
  await commitAll(example.checkout, 'Name the repository with a password')
}
