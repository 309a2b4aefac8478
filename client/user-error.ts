/** Wrong usage, bad input, or something that does not exist: nothing was changed. */
export const userErrorExitStatus = 2

/**
 * A request that failed for a reason that a person can act on. The message says what was found,
 * what was expected and what to do next.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** For a command that fails with this error. @default 2 */
  readonly exitStatus: number

  constructor(message: string, options: { exitStatus?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitStatus = options.exitStatus ?? userErrorExitStatus
  }
}
