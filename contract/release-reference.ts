export type ReleaseKind = 'deploy' | 'redeploy' | 'rollback'

/** Which release is meant, with what people recognize it by. */
export interface ReleaseReference {
  /** The id of its workflow: `release/production/3f2c1ab4d5e6`. */
  readonly id: string
  readonly kind: ReleaseKind
  /** 40 hexadecimal digits. Absent where a rollback or redeploy does not know it. */
  readonly commit?: string
  /** First line of the commit message. Only deploys have one. */
  readonly subject?: string
  /** `user@host`, or what CI calls itself. */
  readonly requestedBy: string
}
