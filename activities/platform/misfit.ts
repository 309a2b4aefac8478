import type { RequiredPlatform } from '../../contract/activity-types.ts'
import { fits, platformText, requiredText, type Platform } from './platform.ts'

/**
 * One message for each service that cannot run an image, because it is made for other platforms.
 * None if that is unknown.
 *
 * @param what the image, for people: `Image "api" (…)`
 * @param remedy what to do, given the platform that the service needs
 */
export function misfits(
  what: string,
  platforms: readonly Platform[] | undefined,
  required: readonly RequiredPlatform[] = [],
  remedy: (needed: string) => string,
): readonly string[] {
  return required
    .filter((one) => !fits(platforms, one))
    .map((one) => {
      const made = platforms?.map(platformText).join(', ') || 'no platform'
      const needed = requiredText(one)
      return `${what} is made for ${made}, but service "${one.service}" runs it on ${needed} (task definition ${one.taskDefinition}), where its tasks would end with "exec format error". ${remedy(needed)}`
    })
}
