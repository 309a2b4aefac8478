import { AwsError } from '../../http/types.ts'
import { optionalInteger, optionalText, type Input } from './input.ts'

/**
 * One page of a list: `maxResults` items (default `usual`, at most `largest`) from `nextToken` on.
 */
export function page<Item>(
  items: readonly Item[],
  input: Input,
  { usual = 100, largest = 100 } = {},
): { items: Item[]; nextToken?: string } {
  const size = optionalInteger(input, 'maxResults', { min: 1, max: largest }) ?? usual
  const token = optionalText(input, 'nextToken')
  const from = token === undefined ? 0 : Number(token)
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidParameterException', 'Invalid token.')
  }
  const next = from + size
  return {
    items: items.slice(from, next),
    ...(next < items.length && { nextToken: String(next) }),
  }
}
