import type { DockerEngine } from './docker-engine.ts'
import { readImageReference } from './docker-image.ts'

export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

export interface PulledImage {
  /** `sha256:…` of the manifest. */
  readonly digest: string
  /** The reference from which to create a container of exactly this image. */
  readonly reference: string
}

/**
 * Pulls an image by exactly this reference, as ECS does at every start of a task, even if the
 * engine already has it.
 *
 * Fails with the message that ECS shows as the task's stopped reason.
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

/** The engine reports a failed pull within a stream that began with status 200. */
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

/** ECS's message; for a missing image word for word. */
function cannotPull(image: string, message: string): string {
  const missing = /manifest unknown|manifest for .* not found/.test(message)
  return `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${
    missing ? `failed to resolve ref ${image}: ${image}: not found` : message
  }`
}

/** The engine expects base64url with padding, which Node's `base64url` omits. */
function encodeLogin(login: RegistryLogin, serveraddress: string): string {
  const encoded = Buffer.from(JSON.stringify({ ...login, serveraddress })).toString('base64')
  return encoded.replaceAll('+', '-').replaceAll('/', '_')
}
