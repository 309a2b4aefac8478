import type { Faults } from '../http/faults.ts'
import { listen } from '../http/listen.ts'
import type { Operations } from '../http/types.ts'
import type { Clock } from '../runtime/types.ts'
import { createRegistryProxy } from './registry-proxy.ts'
import { httpRegistry, type RegistryAddress } from './http-registry.ts'
import { memoryRegistry } from './memory-registry.ts'
import { ecrOperations } from './operations.ts'
import { createPushes, type SavedPushes } from './pushes.ts'
import { createRepositories, type Repository } from './repositories.ts'
import { createTokens } from './tokens.ts'

export interface EcrOptions {
  /** The registry behind the gate. Without one there is no gate: `PutImage` alone stores images. */
  readonly registry?: RegistryAddress
  readonly host: string
  /** Of the gate; 0 for any free one. */
  readonly registryProxyPort: number
  readonly account: string
  readonly region: string
  readonly clock: Clock
  readonly faults: Faults
  /** How long a registry token is good, in milliseconds. ECR: 12 hours. */
  readonly tokenLifetimeMs?: number
  /** What an earlier run knew. */
  readonly saved?: SavedEcr
}

/** All that ECR knows and the registry does not: plain data. Tokens end with the simulator. */
export interface SavedEcr {
  readonly repositories: readonly Repository[]
  readonly pushes: SavedPushes
}

export interface Ecr {
  readonly operations: Operations
  /** `http://host:port` of the gate, where there is one. */
  readonly registryProxyUrl: string | undefined
  /** First part of every `repositoryUri`. */
  readonly host: string
  /** The digest that a reference to one of its images means; `undefined` where it has none. */
  resolveDigest(image: string): Promise<string | undefined>
  /** What an engine needs to pull from this host; nothing for the host of another. */
  loginFor(host: string): { username: string; password: string } | undefined
  snapshot(): SavedEcr
  close(): Promise<void>
}

/** Opens ECR: its API's operations, and its registry behind a gate of its own. */
export async function openEcr(options: EcrOptions): Promise<Ecr> {
  const { account, region, clock, faults } = options
  const now = (): number => clock.now()
  const registry = options.registry ? httpRegistry(options.registry) : memoryRegistry()
  const repositories = createRepositories(options.saved?.repositories)
  const tokens = createTokens(now, options.tokenLifetimeMs)
  const pushes = createPushes(now, options.saved?.pushes)
  const proxy = await openProxy()
  const host = proxy?.host ?? `${account}.dkr.ecr.${region}.amazonaws.com`

  async function openProxy() {
    const address = options.registry
    if (address === undefined) return undefined
    const shared = { account, registry, repositories, tokens, pushes, faults, clock }
    const handler = createRegistryProxy({ ...shared, address })
    const listening = await listen((request, response) => handler.handle(request, response), {
      host: options.host,
      port: options.registryProxyPort,
      what: 'the registry proxy',
    })
    const url = listening.url
    return {
      url,
      host: new URL(url).host,
      async close() {
        await listening.close()
        handler.close()
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
      proxyEndpoint: proxy?.url ?? `https://${host}`,
    }),
    registryProxyUrl: proxy?.url,
    host,
    async resolveDigest(image) {
      const [, repository, tag, digest] =
        /^([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
          image.startsWith(`${host}/`) ? image.slice(host.length + 1) : '',
        ) ?? []
      if (repository === undefined || repositories.find(repository) === undefined) return undefined
      return (await registry.manifest(repository, digest ?? tag ?? 'latest'))?.digest
    },
    loginFor(registryHost) {
      if (proxy === undefined || registryHost !== proxy.host) return undefined
      return { username: 'AWS', password: tokens.issue().password }
    },
    snapshot: () => ({ repositories: repositories.list(), pushes: pushes.list() }),
    close: async () => proxy?.close(),
  }
}
