import type { TestedNotification } from '../../contract/notifications.ts'
import { plain } from '../../text/plain.ts'
import { paint } from './colour.ts'

/** Whether a test notification arrived: one line per receiver. */
export function testedText(tested: readonly TestedNotification[]): string {
  return tested
    .map(({ to, failure }) =>
      failure === undefined
        ? `${to}: ${paint('green', 'arrived')}`
        : `${to}: ${paint('red', 'did not arrive')}: ${plain(failure)}`,
    )
    .join('\n')
}
