import type { Faults } from '../http/faults.ts'
import { listen } from '../http/listen.ts'
import type { Operations } from '../http/types.ts'
import type { Clock } from '../runtime/types.ts'
import { createRegistryProxy } from './registry-proxy.ts'
import { httpRegistry, type RegistryAddress } from './http-registry.ts'
import { memoryRegistry } from './memory-registry.ts'
import { ecrOperations } from './operations.ts'
import { createPushes, type SavedPushes } from './pushes.ts'
import {
  createRepositories,
  type RegistryId,
  type Repository,
  type SavedRepository,
} from './repositories.ts'
import { presigned } from './presigned.ts'
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
  readonly repositories: readonly SavedRepository[]
  readonly pushes: SavedPushes
}

export interface Ecr {
  readonly operations: Operations
  /** `http://host:port`; `undefined` without a registry. */
  readonly registryProxyUrl: string | undefined
  /** First part of every `repositoryUri` of the simulator's own account and region. */
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
  const home: RegistryId = { account, region }
  const now = (): number => clock.now()
  const registry = options.registry ? httpRegistry(options.registry) : memoryRegistry()
  const repositories = createRepositories(home, options.saved?.repositories)
  const tokens = createTokens(now, options.tokenLifetimeMs)
  const pushes = createPushes(now, options.saved?.pushes)
  const proxy = await openProxy()
  const hostOf = (one: RegistryId): string =>
    proxy?.host ?? `${one.account}.dkr.ecr.${one.region}.amazonaws.com`
  const uriOf = (repository: Repository): string =>
    `${hostOf(repository)}/${proxy === undefined ? repository.name : repositories.pathOf(repository)}`

  async function openProxy() {
    const address = options.registry
    if (address === undefined) return undefined
    const shared = { home, registry, repositories, tokens, pushes, faults, clock }
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
      home,
      now,
      repositories,
      registry,
      tokens,
      pushes,
      uriOf,
      layerUrlOf: (repository, digest) =>
        proxy &&
        `${proxy.url}${presigned(repositories.pathOf(repository), digest, tokens.issue().password)}`,
      proxyEndpointOf: (one) => proxy?.url ?? `https://${hostOf(one)}`,
    }),
    registryProxyUrl: proxy?.url,
    host: hostOf(home),
    async resolveDigest(image) {
      const [, uri, tag, digest] =
        /^((?:[^/]+\/)?[^:@]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? []
      const repository = repositories.list().find((one) => uriOf(one) === uri)
      if (repository === undefined) return undefined
      const path = repositories.pathOf(repository)
      return (await registry.manifest(path, digest ?? tag ?? 'latest'))?.digest
    },
    loginFor(registryHost) {
      if (proxy === undefined || registryHost !== proxy.host) return undefined
      return { username: 'AWS', password: tokens.issue().password }
    },
    snapshot: () => ({ repositories: repositories.list(), pushes: pushes.list() }),
    close: async () => proxy?.close(),
  }
}
