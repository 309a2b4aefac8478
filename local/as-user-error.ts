import { UserError } from '../client/user-error.ts'

/**
 * Runs a part of the command line. What fails here lies with the machine (no engine, a port that
 * is taken, a package that cannot be fetched), so it is told as that and not as a defect of ours.
 *
 * @throws Refusal with the message of what failed; a defect as it is
 */
export async function asUserError<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const isDefect = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind)
    if (isDefect || !(error instanceof Error)) throw error
    throw new UserError(error.message, { cause: error })
  }
}
