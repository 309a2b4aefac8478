import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { manualClock } from '../../clock/index.ts'
import { type EcrOptions, openEcr } from '../../ecr/open.ts'
import { createFaults } from '../../http/faults.ts'
import { digestOf, ociRegistry } from './ecr-oci-registry.ts'
import { testEndpoint } from './http-endpoint.ts'

/** ECR with its proxy before a registry in memory, an SDK client, and a client that pushes. */
export async function ecrFixture(options: Partial<EcrOptions> = {}) {
  const clock = manualClock()
  const registry = await ociRegistry()
  const faults = createFaults()
  const ecr = await openEcr({
    registry,
    host: '127.0.0.1',
    registryProxyPort: 0,
    account: '000000000000',
    region: 'us-east-1',
    clock,
    faults,
    ...options,
  })
  const endpoint = await testEndpoint({ ECR: ecr.operations }, { clock, faults })
  const client = new ECRClient(endpoint.client())
  const registryProxyUrl = ecr.registryProxyUrl ?? ''

  async function login(): Promise<string> {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
    return `Basic ${authorizationData?.[0]?.authorizationToken ?? ''}`
  }

  /** One request to the registry proxy; with a valid login unless `authorization` is given. */
  async function request(
    method: string,
    path: string,
    init: RequestInit = {},
    authorization?: string,
  ) {
    return fetch(new URL(path, registryProxyUrl), {
      ...init,
      method,
      headers: {
        ...(init.headers as Record<string, string>),
        authorization: authorization ?? (await login()),
      },
    })
  }

  /** Pushes an image of one layer as a Docker client does. Returns the answer to its manifest. */
  async function push(repository: string, tag: string, content: string) {
    const digest = digestOf(content)
    const opened = await request('POST', `/v2/${repository}/blobs/uploads/`)
    const location = opened.headers.get('location')
    if (location !== null)
      await request('PUT', `${location}&digest=${encodeURIComponent(digest)}`, { body: content })
    const layer = { mediaType: 'application/octet-stream', size: content.length, digest }
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const body = JSON.stringify({ schemaVersion: 2, mediaType, config: layer, layers: [layer] })
    const answer = await request('PUT', `/v2/${repository}/manifests/${tag}`, {
      body,
      headers: { 'content-type': mediaType },
    })
    return { status: answer.status, text: await answer.text(), digest: digestOf(body), location }
  }

  return {
    clock,
    registry,
    faults,
    ecr,
    client,
    registryProxyUrl,
    request,
    login,
    push,
    async [Symbol.asyncDispose]() {
      await endpoint[Symbol.asyncDispose]()
      await ecr.close()
      await registry.close()
    },
  }
}
