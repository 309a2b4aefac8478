import type { Manifest, Registry } from './registry.ts'

/**
 * A registry of manifests only, for tests that neither push nor pull: `PutImage` fills it. It does
 * not check that the layers exist.
 */
export function memoryRegistry(): Registry {
  const manifests = new Map<string, Map<string, Manifest>>()
  const tags = new Map<string, Map<string, string>>()
  return {
    tags: async (repository) => [...(tags.get(repository)?.keys() ?? [])],
    async manifest(repository, reference) {
      const digest = tags.get(repository)?.get(reference) ?? reference
      return manifests.get(repository)?.get(digest)
    },
    hasBlob: async () => false,
    async put(repository, reference, manifest) {
      within(manifests, repository).set(manifest.digest, manifest)
      if (reference !== manifest.digest) within(tags, repository).set(reference, manifest.digest)
      return { kind: 'stored' }
    },
    async remove(repository, digest) {
      within(manifests, repository).delete(digest)
      const named = within(tags, repository)
      for (const [tag, at] of named) if (at === digest) named.delete(tag)
    },
  }
}

function within<T>(maps: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const map = maps.get(name) ?? new Map<string, T>()
  maps.set(name, map)
  return map
}
