import type { NativeConnection } from '@temporalio/worker'
import { searchAttributes } from '../contract/search-attributes.ts'

/**
 * Checks before a worker starts: a workflow that sets a search attribute which the server does not
 * know gets stuck.
 *
 * @throws Error that names the missing ones and the command that creates them
 */
export async function checkSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace)
  if (missing.length === 0) return
  throw new Error(
    `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}. Create them with: slipway setup`,
  )
}

async function missingSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return Object.keys(searchAttributes).filter((name) => !Object.hasOwn(customAttributes, name))
}
