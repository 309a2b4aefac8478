import type { Tag } from '@aws-sdk/client-ecs'

/** The tags that Slipway sets on revisions, in addition to the user's own. */
export const revisionTags = {
  project: 'slipway:project',
  release: 'slipway:release',
  commit: 'slipway:commit',
  /** Name of the service in the configuration. */
  service: 'slipway:service',
  /** A newer revision that this one does not include: `mailman-api:42`. */
  pending: 'slipway:pending',
  /** The revision that this one is a copy of: `mailman-api:41`. */
  copyOf: 'slipway:copy-of',
} as const

/** What these say of a revision does not hold for its clone. */
const ofOneRevision: ReadonlySet<string> = new Set([revisionTags.copyOf, revisionTags.pending])

/**
 * Tags for a revision that is made from another one: the tags of that one, and ours. Tags that begin
 * with `aws:` are reserved for AWS and cannot be set.
 */
export function tagsWith(tags: readonly Tag[], ours: Readonly<Record<string, string>>): Tag[] {
  const kept = tags.filter(
    ({ key = '' }) =>
      !key.startsWith('aws:') && !ofOneRevision.has(key) && !Object.hasOwn(ours, key),
  )
  return [...kept, ...Object.entries(ours).map(([key, value]) => ({ key, value }))]
}

export function tagOf(tags: readonly Tag[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value
}
