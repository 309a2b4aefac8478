import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { environmentStatus, untouchedEnvironment } from '../../client/index.ts'
import { loadConfig } from '../../config/load.ts'
import { resolveEnvironment } from '../../config/resolve.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import {
  commitAll,
  commitHello,
  hello,
  makeHelloCheckout,
  writeVersion,
  type HelloHealth,
  type HelloNames,
} from '../../local/stack/hello.ts'
import { seedHello, type SeededHello } from '../../local/stack/seed.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import type { LocalStack } from './local-stack.ts'

/**
 * A separate environment for the example on a stack: cluster, repository, services that run `v0`,
 * and a checkout to deploy from. Examples do not affect each other.
 */
export interface ExampleEnvironment {
  /** Of the environment, the cluster and the repository. */
  readonly environment: string
  readonly names: HelloNames
  readonly checkout: string
  readonly seeded: SeededHello
  readonly spec: EnvironmentSpec
  /** Commits a version of the example; returns the commit. */
  readonly commit: (version: string, health?: HelloHealth) => Promise<string>
  /** Commits a version whose checks fail. */
  readonly commitWithFailingChecks: (version: string) => Promise<string>
  /** Commits a version whose worker exits as soon as it starts. */
  readonly commitWithBrokenWorker: (version: string) => Promise<string>
  /** Runs the command line in the checkout to its end, as a user would. */
  readonly slipway: (...args: readonly string[]) => Promise<CommandEnd>
  readonly status: () => Promise<EnvironmentStatus>
}

export interface CommandEnd {
  readonly exitCode: number
  /** What `--json` printed: a document, or one for each event. */
  readonly documents: readonly unknown[]
  /** All that it printed, for the message of a failed assertion. */
  readonly output: string
}

export interface ExampleOptions {
  readonly mode?: EnvironmentSpec['mode']
  readonly circuitBreaker?: 'required' | 'optional'
  /** As `slipway.yaml` has it. @default '2m' */
  readonly stabilityTimeout?: string
  /** The images that the services start with. Default: those of the stack's own example. */
  readonly firstImages?: (repositoryUri: string) => Promise<Readonly<Record<string, string>>>
}

const main = path.join(import.meta.dirname, '../../cli/main.ts')

/** @param environment is also the prefix of all names at AWS */
export async function openExample(
  stack: LocalStack,
  environment: string,
  options: ExampleOptions = {},
): Promise<ExampleEnvironment> {
  const names: HelloNames = {
    cluster: environment,
    repository: environment,
    targetGroup: `${environment}-api`,
    port: hello.port,
    services: hello.services.map(({ name }) => ({ name, service: `${environment}-${name}` })),
  }
  const checkout = path.join(stack.folder, environment)
  const [seeded] = await Promise.all([
    seedHello(stack.aws, stack.engine, {
      names,
      firstImages: options.firstImages ?? (() => imagesOfTheExample(stack)),
    }),
    makeHelloCheckout(checkout),
  ])
  const file = path.join(checkout, 'slipway.yaml')
  await writeFile(file, configuration(environment, names, options))
  const { config } = await loadConfig({ file })
  const spec = resolveEnvironment(config, environment, { repository: checkout })
  return {
    environment,
    names,
    checkout,
    seeded,
    spec,
    commit: (version, health = 'ok') => commitHello(checkout, version, health, `Say ${version}`),
    async commitWithFailingChecks(version) {
      await writeVersion(checkout, version, 'ok')
      await writeFile(path.join(checkout, 'HEALTH'), 'splendid\n')
      return commitAll(checkout, 'Feel splendid')
    },
    async commitWithBrokenWorker(version) {
      await writeVersion(checkout, version, 'ok')
      const script = '#!/bin/sh\necho "cannot work like this" >&2\nexit 1\n'
      await writeFile(path.join(checkout, 'worker/work.sh'), script)
      return commitAll(checkout, 'Break the worker')
    },
    slipway: (...args) => runSlipway(stack, checkout, args),
    async status() {
      const status = await environmentStatus(stack.temporal, { environment })
      return status ?? untouchedEnvironment(environment, spec.project)
    },
  }
}

async function imagesOfTheExample(stack: LocalStack): Promise<Readonly<Record<string, string>>> {
  const uri = `${new URL(stack.stack.registry).host}/${hello.repository}`
  return Object.fromEntries(
    hello.services.map(({ name }) => [name, `${uri}:${name}-bootstrap`] as const),
  )
}

function configuration(environment: string, names: HelloNames, options: ExampleOptions): string {
  const { mode = 'pin', circuitBreaker = 'required', stabilityTimeout = '2m' } = options
  const service = `service: ${environment}`
  return `project: hello
checks:
  commands: ['grep -Eqx "ok|failing|crash" HEALTH']
images:
  api: { repository: ${names.repository}, target: api }
  worker: { repository: ${names.repository}, target: worker }
services:
  api: { ${service}-api, circuitBreaker: ${circuitBreaker} }
  worker: { ${service}-worker, circuitBreaker: ${circuitBreaker}, after: [api] }
environments:
  ${environment}: { cluster: ${names.cluster}, mode: ${mode} }
stability: { timeout: ${stabilityTimeout}, window: 1s }
`
}

/** Runs the command line in a folder to its end, with the stack's variables. */
export async function runSlipway(
  stack: Pick<LocalStack, 'stack' | 'folder'>,
  cwd: string,
  args: readonly string[],
): Promise<CommandEnd> {
  const { exitCode, stdout, all } = await execa(process.execPath, [main, ...args], {
    cwd,
    // The command is started often enough that caching its compiled code pays off.
    env: {
      ...stack.stack.env,
      CI: 'true',
      NODE_COMPILE_CACHE: path.join(stack.folder, 'compiled'),
    },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 180_000,
  })
  return {
    exitCode: exitCode ?? -1,
    documents: args.includes('--json') ? readDocuments(stdout) : [],
    output: all,
  }
}

/** One document over many lines, or one on each line. */
function readDocuments(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))
  }
}
