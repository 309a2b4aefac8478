import type { DockerEngine } from './docker-engine.ts'
import { readImageReference } from './docker-image.ts'

export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

export interface PulledImage {
  /** `sha256:…` of the manifest. */
  readonly digest: string
  /** What a container of exactly this image is created from. */
  readonly reference: string
}

/**
 * Pulls an image by exactly this reference, as ECS does at every start of a task, whatever the
 * engine has already.
 *
 * Fails with the text that ECS shows as the task's stopped reason.
 */
export async function pullImage(
  engine: DockerEngine,
  image: string,
  loginFor: (host: string) => RegistryLogin | undefined,
  signal: AbortSignal,
): Promise<PulledImage> {
  const { host, repository, version } = readImageReference(image)
  const login = loginFor(host)
  try {
    const progress = await engine.call('POST', '/images/create', {
      query: { fromImage: repository, tag: version },
      signal,
      ...(login && { headers: { 'x-registry-auth': encodeLogin(login, host) } }),
    })
    const digest = readProgress(progress.toString(), version)
    return { digest, reference: `${repository}@${digest}` }
  } catch (error) {
    throw new Error(cannotPull(image, error instanceof Error ? error.message : String(error)), {
      cause: error,
    })
  }
}

/** The engine tells of a failed pull in a stream that began with status 200. */
function readProgress(progress: string, version: string): string {
  let digest = version.startsWith('sha256:') ? version : undefined
  for (const line of progress.split('\n')) {
    if (line.trim() === '') continue
    const { status, error } = JSON.parse(line) as { status?: string; error?: string }
    if (error !== undefined) throw new Error(error)
    digest = /^Digest: (sha256:[0-9a-f]{64})$/.exec(status ?? '')?.[1] ?? digest
  }
  if (digest === undefined) throw new Error('the engine did not say which digest it pulled')
  return digest
}

/** In ECS's words; for an image that is not there, in exactly those. */
function cannotPull(image: string, message: string): string {
  const missing = /manifest unknown|manifest for .* not found/.test(message)
  return `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${
    missing ? `failed to resolve ref ${image}: ${image}: not found` : message
  }`
}

/** The engine wants the alphabet of addresses, and yet the padding, which Node leaves off. */
function encodeLogin(login: RegistryLogin, serveraddress: string): string {
  const encoded = Buffer.from(JSON.stringify({ ...login, serveraddress })).toString('base64')
  return encoded.replaceAll('+', '-').replaceAll('/', '_')
}
