import type { Tag } from '@aws-sdk/client-ecs'

/** The tags that Slipway sets on revisions, beside the user's own. */
export const revisionTags = {
  project: 'slipway:project',
  release: 'slipway:release',
  commit: 'slipway:commit',
  /** Of which revision this one is a copy: `mailman-api:41`. */
  copyOf: 'slipway:copy-of',
} as const

/**
 * Tags for a revision that is made from another one: those of that one, and these. Tags that begin
 * with `aws:` are AWS's, and not ours to set.
 */
export function tagsWith(tags: readonly Tag[], ours: Readonly<Record<string, string>>): Tag[] {
  const kept = tags.filter(
    ({ key = '' }) =>
      !key.startsWith('aws:') && key !== revisionTags.copyOf && !Object.hasOwn(ours, key),
  )
  return [...kept, ...Object.entries(ours).map(([key, value]) => ({ key, value }))]
}

export function tagOf(tags: readonly Tag[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value
}
