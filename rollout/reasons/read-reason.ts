import { containerRules, type ContainerKind } from './container.ts'
import { healthRules, type HealthKind } from './health.ts'
import { imageRules, type ImageKind } from './image.ts'
import { partsOf, type ReasonParts } from './parts.ts'
import { placementRules, type PlacementKind } from './placement.ts'
import { secretRules, type SecretKind } from './secrets.ts'
import { setupRules, type SetupKind } from './setup.ts'
import { wordsOf } from './words.ts'

export type ReasonKind =
  | SecretKind
  | SetupKind
  | ImageKind
  | ContainerKind
  | PlacementKind
  | HealthKind

/** What ECS or a load balancer said, and what it means. */
export interface Reason {
  readonly kind: ReasonKind | 'unknown'
  readonly parts: ReasonParts
  /** As it was said. */
  readonly said: string
}

/**
 * Every kind of reason that is recognised; the first match counts, so the specific ones come first.
 * `test/fixtures/stop-reasons.json` has real texts of each, with their sources.
 */
const rules: readonly { readonly kind: ReasonKind; readonly all: readonly RegExp[] }[] = [
  ...secretRules,
  ...setupRules,
  ...imageRules,
  ...containerRules,
  ...placementRules,
  ...healthRules,
]

/** The kinds that are recognised, each once. */
export const reasonKinds: readonly ReasonKind[] = [...new Set(rules.map(({ kind }) => kind))]

export function readReason(said: string): Reason {
  return readReasons([said]) ?? { kind: 'unknown', parts: {}, said }
}

/** The most specific of several reasons for the same thing. Undefined if none is recognised. */
export function readReasons(texts: readonly string[]): Reason | undefined {
  const read = texts.map((said) => ({ said, words: wordsOf(said) }))
  for (const { kind, all } of rules) {
    const found = read.find(({ words }) => all.every((pattern) => pattern.test(words)))
    if (found !== undefined) return { kind, parts: partsOf(found.said), said: found.said }
  }
  return undefined
}
