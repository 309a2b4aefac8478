import { AwsError } from '../http/types.ts'

/**
 * Reads a filter pattern of words and quoted phrases, all of which a message must have. Fails
 * with `InvalidParameterException` for the other kinds that CloudWatch Logs knows (JSON, columns,
 * regular expressions, `?any`, `-none`), which are not modelled.
 */
export function readFilterPattern(pattern: string): (message: string) => boolean {
  const terms = [...pattern.matchAll(/"([^"]*)"|(\S+)/g)].map(([, phrase, word]) => {
    if (word !== undefined && /^[{[%?-]/.test(word))
      throw new AwsError(
        'InvalidParameterException',
        `The simulator does not model the filter pattern ${pattern}; it takes words and "phrases".`,
      )
    return phrase ?? word ?? ''
  })
  return (message) => terms.every((term) => message.includes(term))
}
