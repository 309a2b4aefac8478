import type { Faults } from '../http/faults.ts'
import { listen } from '../http/listen.ts'
import type { Operations } from '../http/types.ts'
import type { Clock } from '../runtime/types.ts'
import { createRegistryProxy } from './registry-proxy.ts'
import { httpRegistry, type RegistryAddress } from './http-registry.ts'
import { memoryRegistry } from './memory-registry.ts'
import { ecrOperations } from './operations.ts'
import { createPushes, type KeptPushes } from './pushes.ts'
import { createRepositories, type Repository } from './repositories.ts'
import { createTokens } from './tokens.ts'

export interface EcrOptions {
  /** The registry behind the gate. Without one there is no gate: `PutImage` alone stores images. */
  readonly registry?: RegistryAddress
  readonly host: string
  /** Of the gate; 0 for any free one. */
  readonly gatePort: number
  readonly account: string
  readonly region: string
  readonly clock: Clock
  readonly faults: Faults
  /** How long a registry token is good, in milliseconds. ECR: 12 hours. */
  readonly tokenLifetimeMs?: number
  /** What an earlier run knew. */
  readonly kept?: KeptEcr
}

/** All that ECR knows and the registry does not: plain data. Tokens end with the simulator. */
export interface KeptEcr {
  readonly repositories: readonly Repository[]
  readonly pushes: KeptPushes
}

export interface Ecr {
  readonly operations: Operations
  /** `http://host:port` of the gate, where there is one. */
  readonly gateUrl: string | undefined
  /** First part of every `repositoryUri`. */
  readonly host: string
  /** The digest that a reference to one of its images means; `undefined` where it has none. */
  resolveDigest(image: string): Promise<string | undefined>
  /** What an engine needs to pull from this host; nothing for the host of another. */
  loginFor(host: string): { username: string; password: string } | undefined
  keep(): KeptEcr
  close(): Promise<void>
}

/** Opens ECR: its API's operations, and its registry behind a gate of its own. */
export async function openEcr(options: EcrOptions): Promise<Ecr> {
  const { account, region, clock, faults } = options
  const now = (): number => clock.now()
  const registry = options.registry ? httpRegistry(options.registry) : memoryRegistry()
  const repositories = createRepositories(options.kept?.repositories)
  const tokens = createTokens(now, options.tokenLifetimeMs)
  const pushes = createPushes(now, options.kept?.pushes)
  const gate = await openGate()
  const host = gate?.host ?? `${account}.dkr.ecr.${region}.amazonaws.com`

  async function openGate() {
    const address = options.registry
    if (address === undefined) return undefined
    const shared = { account, registry, repositories, tokens, pushes, faults, clock }
    const made = createRegistryProxy({ ...shared, address })
    const listening = await listen((request, response) => made.handle(request, response), {
      host: options.host,
      port: options.gatePort,
      what: 'the registry gate',
    })
    const url = listening.url
    return {
      url,
      host: new URL(url).host,
      async close() {
        await listening.close()
        made.close()
      },
    }
  }

  return {
    operations: ecrOperations({
      account,
      region,
      now,
      repositories,
      registry,
      tokens,
      pushes,
      host,
      proxyEndpoint: gate?.url ?? `https://${host}`,
    }),
    gateUrl: gate?.url,
    host,
    async resolveDigest(image) {
      const [, repository, tag, digest] =
        /^([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
          image.startsWith(`${host}/`) ? image.slice(host.length + 1) : '',
        ) ?? []
      if (repository === undefined || repositories.find(repository) === undefined) return undefined
      return (await registry.manifest(repository, digest ?? tag ?? 'latest'))?.digest
    },
    loginFor(asked) {
      if (gate === undefined || asked !== gate.host) return undefined
      return { username: 'AWS', password: tokens.issue().password }
    },
    keep: () => ({ repositories: repositories.list(), pushes: pushes.list() }),
    close: async () => gate?.close(),
  }
}
