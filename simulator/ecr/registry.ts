/** A manifest as it was pushed. Its digest is that of exactly these bytes. */
export interface Manifest {
  /** `sha256:…` */
  readonly digest: string
  readonly mediaType: string
  readonly body: string
}

/** Stores the images of all repositories. */
export interface Registry {
  tags(repository: string): Promise<readonly string[]>
  /** By tag or digest; `undefined` if there is none. */
  manifest(repository: string, reference: string): Promise<Manifest | undefined>
  /** Whether a layer, or the configuration of an image, is there. */
  hasBlob(repository: string, digest: string): Promise<boolean>
  put(repository: string, reference: string, manifest: Manifest): Promise<PutAnswer>
  /** Removes an image with all its tags. */
  remove(repository: string, digest: string): Promise<void>
}

/** `missing`: the manifest refers to layers or images that were never pushed. */
export type PutAnswer =
  | { readonly kind: 'stored' }
  | { readonly kind: 'missing' | 'invalid'; readonly reason: string }
