import { maySucceedLater } from './error-names.ts'
import { readAwsError } from './read-error.ts'

/** The name that every error of the credential chain gets, which is the AWS SDK's own for most. */
const credentialsUnavailable = 'CredentialsProviderError'

interface Client<Provider> {
  readonly config: { credentials: Provider }
}

/**
 * Makes every error in resolving the credentials of a client recognisable as one. The providers of
 * the AWS SDK throw much else than `CredentialsProviderError`: the error of the file system for a
 * web identity token that is gone, whatever STS answers to a role that is assumed, an error of the
 * parser for a bad answer of IMDS. None of them is AWS's answer to the call that needed the
 * credentials. An error that may pass by itself, such as a 5xx of STS, stays as it is.
 *
 * @param profile named in the message: the SDK itself only says that it found no credentials
 */
export function markCredentialErrors<
  Provider extends (options?: Record<string, unknown>) => Promise<unknown>,
>(client: Client<Provider>, profile: string | undefined): void {
  const { credentials } = client.config
  const marked = async (options?: Record<string, unknown>) => {
    try {
      return await credentials(options)
    } catch (error) {
      throw credentialError(error, profile)
    }
  }
  // The SDK marks its provider as memoized by properties of the function.
  client.config.credentials = Object.assign(marked, credentials)
}

function credentialError(error: unknown, profile: string | undefined): unknown {
  const known = readAwsError(error)
  if (known !== undefined && maySucceedLater(known)) return error
  const where = profile === undefined ? '' : ` (profile "${profile}")`
  // A new error: the SDK may cache its own and throw it again.
  return Object.assign(new Error(`${reasonOf(error)}${where}`), { name: credentialsUnavailable })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the credential chain failed'
  const { name, message } = error
  // A parser quotes its input, which may be a secret.
  if (name === 'SyntaxError') return 'the source of the credentials gave an answer that is no JSON'
  return name === credentialsUnavailable || name === 'Error' ? message : `${name}: ${message}`
}
