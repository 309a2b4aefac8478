import type { RequiredPlatform } from '../../contract/activity-types.ts'

/** What an image is made for, in the words of the OCI image specification. */
export interface Platform {
  /** `linux`, `windows` */
  readonly os: string
  /** `amd64`, `arm64` */
  readonly architecture: string
  /** `v8` */
  readonly variant?: string
}

/** `linux/arm64/v8` */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
}

/**
 * The platforms of `platform` in `slipway.yaml`, which an engine takes as they are:
 * `linux/amd64,linux/arm64`. Undefined if one of them is written in a way that is not known here.
 */
export function parsePlatforms(text: string): readonly Platform[] | undefined {
  const platforms = text.split(',').map((one) => parsePlatform(one.trim()))
  return platforms.every((one) => one !== undefined) ? platforms : undefined
}

/** containerd, platforms/database.go: the other names that engines take for an architecture. */
const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }

function parsePlatform(text: string): Platform | undefined {
  const [, os, architecture, variant] =
    /^([a-z]+)\/([a-z0-9_]+)(?:\/([a-z0-9]+))?$/.exec(text.toLowerCase()) ?? []
  if (os === undefined || architecture === undefined) return undefined
  return {
    os,
    architecture: architectures[architecture] ?? architecture,
    ...(variant === undefined ? {} : { variant }),
  }
}

/** Whether a task can run an image that is made for these platforms. What is unknown fits. */
export function fits(
  platforms: readonly Platform[] | undefined,
  { os, architecture }: RequiredPlatform,
): boolean {
  if (platforms === undefined) return true
  return platforms.some(
    (one) =>
      (os === undefined || one.os === os) &&
      (architecture === undefined || one.architecture === architecture),
  )
}

/** `linux/arm64`, as far as it is known. */
export function requiredText({ os, architecture }: RequiredPlatform): string {
  return [os, architecture].filter((part) => part !== undefined).join('/')
}

/** What to build for, so that every service can run the image. Empty: the engine's own platform. */
export function platformsToBuild(required: readonly RequiredPlatform[] = []): readonly string[] {
  const platforms = required.flatMap(({ os = 'linux', architecture }) =>
    architecture === undefined ? [] : [`${os}/${architecture}`],
  )
  return [...new Set(platforms)].toSorted()
}
