import { createHash } from 'node:crypto'
import {
  BatchGetImageCommand,
  GetDownloadUrlForLayerCommand,
  type Image,
} from '@aws-sdk/client-ecr'
import type { AwsClients } from '../aws/clients.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import type { Platform } from '../platform/platform.ts'
import { ecrTarget } from './ecr.ts'

/** Without these, ECR converts the manifest to an old format, which has another digest. */
const acceptedMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** An index lists hardly more than ten platforms; what follows these is left out. */
const maxListed = 100

/** A configuration is some kilobytes long, and is read into memory. */
const maxConfigBytes = 4 * 1024 * 1024
const configTimeoutMs = 5_000

/** What an image is made of, as its manifest says. */
export interface ImageManifest {
  readonly digest: string
  /** The digests of the images that it lists, if it is an index; at most 100. */
  readonly manifests: readonly string[]
  /** Of an index whose entries all say theirs. */
  readonly platforms?: readonly Platform[]
  /** Digest of the configuration of an image of one platform. */
  readonly config?: string
}

/** The manifest of an image as ECR has it, byte for byte. Undefined if there is no such image. */
export async function findManifest(
  clients: AwsClients,
  repository: string,
  imageDigest: string,
): Promise<Image | undefined> {
  return await batchGetImage(clients, repository, { imageDigest })
}

/**
 * What the manifest of an image says. Undefined if it cannot be told: there is no such image, its
 * manifest is of another kind, or the worker lacks the permission `ecr:BatchGetImage`.
 */
export async function readManifest(
  clients: AwsClients,
  repository: string,
  id: { readonly imageDigest?: string; readonly imageTag?: string },
): Promise<ImageManifest | undefined> {
  const found = await knownOnly(() => batchGetImage(clients, repository, id))
  const body = found?.imageManifest
  if (body === undefined) return undefined
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
  // What does not have the digest says nothing about the image.
  if (id.imageDigest !== undefined && id.imageDigest !== digest) return undefined
  const manifest = parse(body)
  const entries = listOf(manifest['manifests'])
  if (entries === undefined) {
    const config = fieldsOf(manifest['config'])['digest']
    return { digest, manifests: [], ...(typeof config === 'string' ? { config } : {}) }
  }
  const runnable = entries.map(fieldsOf).filter((entry) => !isAttestation(entry))
  const platforms = runnable.map(({ platform }) => platformOf(fieldsOf(platform)))
  return {
    digest,
    manifests: runnable
      .flatMap((entry) => (typeof entry['digest'] === 'string' ? [entry['digest']] : []))
      .slice(0, maxListed),
    ...(platforms.length > 0 && platforms.every((one) => one !== undefined) ? { platforms } : {}),
  }
}

/**
 * The platforms that an image is made for. That of an image of one platform is in its configuration,
 * which ECR keeps as a layer. Undefined if it cannot be told, as where the worker lacks the permission
 * `ecr:GetDownloadUrlForLayer` or cannot reach the address that ECR gives, which is one of S3.
 */
export async function platformsOf(
  clients: AwsClients,
  repository: string,
  { platforms, config }: ImageManifest,
): Promise<readonly Platform[] | undefined> {
  if (config === undefined) return platforms
  const { ecr, id } = ecrTarget(clients, repository)
  // Even after an error that would pass: no release waits for what need not be known.
  const layer = await ecr
    .send(new GetDownloadUrlForLayerCommand({ ...id, layerDigest: config }))
    .catch(() => undefined)
  if (layer?.downloadUrl === undefined) return undefined
  const platform = platformOf(parse(await download(layer.downloadUrl)))
  return platform === undefined ? undefined : [platform]
}

/** The address is as good as a password for a while: it is in no failure. Empty if it is no use. */
async function download(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(configTimeoutMs) })
    const length = Number(answer.headers.get('content-length') ?? 0)
    if (!answer.ok || length > maxConfigBytes) {
      await answer.body?.cancel()
      return ''
    }
    return await answer.text()
  } catch {
    return ''
  }
}

async function batchGetImage(
  clients: AwsClients,
  repository: string,
  imageId: { readonly imageDigest?: string; readonly imageTag?: string },
): Promise<Image | undefined> {
  const { ecr, id } = ecrTarget(clients, repository)
  const answer = await ecr.send(
    new BatchGetImageCommand({ ...id, imageIds: [imageId], acceptedMediaTypes }),
  )
  const found = answer.images?.[0]
  return found?.imageManifest === undefined ? undefined : found
}

/** Undefined after an error that a retry would not change: then the answer stays unknown. */
async function knownOnly<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isTransient(error) || isUnauthenticated(error)) throw error
    return undefined
  }
}

/**
 * BuildKit lists attestations as images of an unknown platform ("Image attestation storage" in the
 * documentation of Docker Build). Nothing runs them.
 */
function isAttestation({ platform, annotations }: Json): boolean {
  const { os, architecture } = fieldsOf(platform)
  if (os === 'unknown' && architecture === 'unknown') return true
  return fieldsOf(annotations)['vnd.docker.reference.type'] === 'attestation-manifest'
}

function platformOf({ os, architecture, variant }: Json): Platform | undefined {
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined
  if (os === '' || architecture === '') return undefined
  return { os, architecture, ...(typeof variant === 'string' && variant !== '' ? { variant } : {}) }
}

type Json = Readonly<Record<string, unknown>>

function parse(text: string): Json {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return {}
  }
}

function fieldsOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}
