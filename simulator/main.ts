#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander'
import { realClock } from './clock/index.ts'
import type { RegistryAddress } from './ecr/http-registry.ts'
import { defaultDockerHost } from './runtime/docker-address.ts'
import { dockerRuntime } from './runtime/docker.ts'
import { scriptedRuntime } from './runtime/scripted.ts'
import { startSimulator } from './start.ts'

interface Flags {
  readonly host: string
  readonly port: number
  readonly registryProxyPort: number
  readonly registry?: URL
  readonly registryUser: string
  readonly runtime: 'docker' | 'scripted'
  readonly timings: 'aws' | 'fast'
  readonly throttle: 'aws' | 'off'
  readonly account: string
  readonly region: string
  readonly instance?: string
  readonly tokenLifetime: number
  readonly state?: string
}

const command = new Command('slipway-simulator')
  .description('A stand-in for ECS, ECR, ELBv2, STS and CloudWatch Logs on this machine.')
  .option('--port <port>', 'port of the AWS endpoint; 0 for any free one', readPort, 4566)
  .option(
    '--registry-proxy-port <port>',
    'port to push images to; 0 for any free one',
    readPort,
    4567,
  )
  .option('--host <address>', 'listen here; there is no authentication', '127.0.0.1')
  .option('--registry <url>', 'the OCI registry that stores images', readUrl)
  .option(
    '--registry-user <name>',
    'user of --registry; its password is SLIPWAY_REGISTRY_PASSWORD',
    'AWS',
  )
  .addOption(
    new Option('--runtime <kind>', 'docker: real containers; scripted: no processes at all')
      .choices(['docker', 'scripted'])
      .default('docker'),
  )
  .addOption(
    new Option('--timings <kind>', 'aws: as slow as AWS; fast: almost no waiting')
      .choices(['aws', 'fast'])
      .default('fast'),
  )
  .addOption(
    new Option('--throttle <kind>', "aws: throttle calls beyond AWS's rates; off: accept all")
      .choices(['aws', 'off'])
      .default('off'),
  )
  .option('--account <id>', 'AWS account; twelve digits', readAccount, '000000000000')
  .option('--region <name>', 'AWS region', 'us-east-1')
  .option('--instance <name>', 'label of its containers (default: the port)', readInstance)
  .option('--token-lifetime <seconds>', 'how long registry logins are valid', readSeconds, 43_200)
  .option('--state <file>', 'save services and repositories here (default: not saved)')
  .addHelpText(
    'after',
    `
Examples:
  $ npx slipway-simulator --runtime scripted
  $ export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_DEFAULT_REGION=us-east-1 \\
      AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
  $ aws ecs list-clusters

Modelled operations, and how to inject faults:
https://github.com/slipway-deploy/slipway/blob/main/docs/reference/simulator.md`,
  )
  .action(run)

async function run(flags: Flags): Promise<void> {
  const { host, port, registryProxyPort, account, region, timings, throttle } = flags
  const instance = flags.instance ?? `simulator-${port || process.pid}`
  const simulator = await startSimulator({
    host,
    port,
    registryProxyPort,
    account,
    region,
    timings,
    throttle,
    tokenLifetimeMs: flags.tokenLifetime * 1000,
    registry: registryOf(flags),
    ...(flags.state !== undefined && { stateFile: flags.state }),
    runtime: async ({ loginFor }) =>
      flags.runtime === 'docker'
        ? dockerRuntime({ instance, loginFor })
        : scriptedRuntime({ clock: realClock(), behave: () => ({}) }),
  })
  console.log(`AWS endpoint   ${simulator.url}`)
  console.log(
    `Registry       ${simulator.registryProxyUrl === undefined ? 'none (give one with --registry)' : `${simulator.registryProxyUrl}, before ${flags.registry?.origin ?? ''}`}`,
  )
  console.log(
    `Tasks          ${flags.runtime === 'docker' ? `containers on ${defaultDockerHost(process.env)}, labelled slipway.simulator=${instance}` : 'scripted'}`,
  )
  console.log('Press Ctrl-C to stop it and its containers.')
  stopOnSignal(() => simulator.close())
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    // The second signal ends the process at once.
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    console.log('Stopping…')
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error instanceof Error ? error.message : error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function registryOf({ registry, registryUser }: Flags): RegistryAddress | undefined {
  if (registry === undefined) return undefined
  const password = process.env['SLIPWAY_REGISTRY_PASSWORD']
  if (password === undefined)
    throw new Error(
      `--registry needs a password, but SLIPWAY_REGISTRY_PASSWORD is not set. Set it to the password of ${registryUser} at ${registry.origin}.`,
    )
  return { url: registry.origin, username: registryUser, password }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (/^\d+$/.test(text) && seconds > 0) return seconds
  throw new InvalidArgumentError('It must be a whole number of seconds, 1 or more.')
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'http:')
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:5000.')
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError(
      'A password here would be visible in the list of processes. Set SLIPWAY_REGISTRY_PASSWORD instead.',
    )
  return url
}

function readAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text
  throw new InvalidArgumentError('It must be twelve digits.')
}

function readInstance(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text)) return text
  throw new InvalidArgumentError('It must be letters, digits, dots, dashes and underscores.')
}

try {
  await command.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
