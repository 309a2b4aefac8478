/**
 * Container name → every digest by which ECS may report its image, where that is an index: the
 * index's own and those of the manifests that it lists. A container without an entry is reported by
 * the digest of its image alone.
 */
export type ImageDigests = Readonly<Record<string, readonly string[]>>

/**
 * Whether two digests are of the same image. A task pulls the manifest of its platform, so for one
 * pinned to an index ECS may report either of the two.
 *
 * @param digests all digests of one image, from {@link ImageDigests}
 */
export function isSameImage(
  one: string | undefined,
  other: string | undefined,
  digests: readonly string[] = [],
): boolean {
  if (one === undefined || other === undefined) return false
  return one === other || (digests.includes(one) && digests.includes(other))
}

/**
 * The digest that names the image of all these: that of the index, where they are all of one.
 * Undefined if there are none, or they are of several images.
 *
 * @param digests all digests of one image, from {@link ImageDigests}
 */
export function digestOfImage(
  reported: readonly string[],
  digests: readonly string[] = [],
): string | undefined {
  const [first] = reported
  const [index] = digests
  if (first !== undefined && reported.every((one) => digests.includes(one))) return index
  return reported.every((one) => one === first) ? first : undefined
}
