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
  /**
   * The registry behind the proxy. Without one there is no proxy, and only `PutImage` stores
   * images.
   */
  readonly registry?: RegistryAddress
  readonly host: string
  /** 0 for any free port. */
  readonly registryProxyPort: number
  readonly account: string
  readonly region: string
  readonly clock: Clock
  readonly faults: Faults
  /** How long a registry token is valid, in milliseconds. Default: 12 hours, as in ECR. */
  readonly tokenLifetimeMs?: number
  /** What an earlier run saved. */
  readonly saved?: SavedEcr
}

/**
 * What ECR knows beyond the registry's contents, as plain data. Tokens do not outlive the
 * simulator.
 */
export interface SavedEcr {
  readonly repositories: readonly Repository[]
  readonly pushes: SavedPushes
}

export interface Ecr {
  readonly operations: Operations
  /** `http://host:port`; `undefined` without a registry. */
  readonly registryProxyUrl: string | undefined
  /** First part of every `repositoryUri`. */
  readonly host: string
  /** The digest that an image reference resolves to; `undefined` if there is no such image here. */
  resolveDigest(image: string): Promise<string | undefined>
  /** The login with which to pull from the registry proxy; `undefined` for any other host. */
  loginFor(host: string): { username: string; password: string } | undefined
  snapshot(): SavedEcr
  close(): Promise<void>
}

/** Opens ECR: the operations of its API, and the proxy in front of its registry. */
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
