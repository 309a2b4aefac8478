import { AwsError } from '../http/types.ts'

/**
 * Parses a filter pattern of words and quoted phrases, all of which a message must contain. Fails
 * with `InvalidParameterException` for CloudWatch Logs' other kinds of patterns (JSON, columns,
 * regular expressions, `?any`, `-none`), which are not modelled.
 */
export function readFilterPattern(pattern: string): (message: string) => boolean {
  const terms = [...pattern.matchAll(/"([^"]*)"|(\S+)/g)].map(([, phrase, word]) => {
    if (word !== undefined && /^[{[%?-]/.test(word))
      throw new AwsError(
        'InvalidParameterException',
        `The simulator does not model the filter pattern ${pattern}. Use words and "phrases".`,
      )
    return phrase ?? word ?? ''
  })
  return (message) => terms.every((term) => message.includes(term))
}
