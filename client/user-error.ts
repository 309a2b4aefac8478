/** Wrong usage, bad input, or something that is not there: nothing was changed. */
export const userErrorExitStatus = 2

/**
 * A command that cannot do what it was asked to, for a reason that the person who asked can do
 * something about. The message says what was found, what was expected and what to do next.
 */
export class UserError extends Error {
  override readonly name = 'Refusal'
  readonly exitStatus: number

  constructor(message: string, options: { exitStatus?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitStatus = options.exitStatus ?? userErrorExitStatus
  }
}
