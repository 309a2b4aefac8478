import { Refusal } from '../client/refusal.ts'

/**
 * Runs a part of the command line. What fails here lies with the machine (no engine, a port that
 * is taken, a package that cannot be fetched), so it is told as that and not as a defect of ours.
 *
 * @throws Refusal with the message of what failed; a defect as it is
 */
export async function orRefuse<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const isDefect = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind)
    if (isDefect || !(error instanceof Error)) throw error
    throw new Refusal(error.message, { cause: error })
  }
}
