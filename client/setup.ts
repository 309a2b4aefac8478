import { SearchAttributeType } from '@temporalio/common'
import type { Client } from '@temporalio/client'
import { indexedValueTypes, searchAttributes } from '../contract/search-attributes.ts'
import { type AbortOptions, abortable, pause } from './temporal/abort.ts'
import { errorMessage } from './temporal/error-message.ts'
import { asUserError } from './temporal/errors.ts'
import { isPermissionDenied, isUnimplemented } from './temporal/grpc-status.ts'
import { UserError } from './user-error.ts'

export interface SetupResult {
  readonly created: readonly string[]
  readonly present: readonly string[]
}

/** As in the command line of Temporal Cloud. */
const cliTypes = {
  [SearchAttributeType.TEXT]: 'Text',
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.KEYWORD_LIST]: 'KeywordList',
} as const

/**
 * Creates the search attributes that releases are listed by, as far as they do not exist yet, and
 * waits until the server lists them. Doing it twice does no harm.
 *
 * @throws UserError if one exists with another type, or if the server does not let clients create
 *   them
 */
export async function setUpSearchAttributes(
  client: Client,
  options: AbortOptions = {},
): Promise<SetupResult> {
  const { namespace } = client.options
  try {
    return await createMissing(client, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isPermissionDenied(error) && !isUnimplemented(error)) throw asUserError(error)
    const commands = required.map(
      ([name, type]) =>
        `  tcld namespace search-attributes add --namespace ${namespace} --search-attribute "${name}=${cliTypes[type]}"`,
    )
    throw new UserError(
      `This server does not let clients create search attributes (${errorMessage(error)}). In Temporal Cloud, run:\n${commands.join('\n')}`,
      { cause: error },
    )
  }
}

const required = Object.entries(searchAttributes)

async function createMissing(client: Client, { signal }: AbortOptions): Promise<SetupResult> {
  const { operatorService } = client.connection as unknown as OperatorConnection
  const { namespace } = client.options
  const call = <T>(one: () => Promise<T>) =>
    abortable(client, signal, () => client.withDeadline(Date.now() + 30_000, one))
  const list = async () =>
    (await call(() => operatorService.listSearchAttributes({ namespace }))).customAttributes
  const existing = await list()
  for (const [name, type] of required) {
    rejectOtherType(name, indexedValueTypes[type], existing[name])
  }
  const missing = required.filter(([name]) => !Object.hasOwn(existing, name))
  const present = required.map(([name]) => name).filter((name) => Object.hasOwn(existing, name))
  if (missing.length === 0) return { created: [], present }
  const added = Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]]))
  await call(() => operatorService.addSearchAttributes({ namespace, searchAttributes: added }))
  await untilListed(list, signal)
  return { created: missing.map(([name]) => name), present }
}

interface OperatorConnection {
  readonly operatorService: {
    listSearchAttributes(request: {
      namespace: string
    }): Promise<{ customAttributes: Record<string, number> }>
    addSearchAttributes(request: {
      namespace: string
      searchAttributes: Record<string, number>
    }): Promise<unknown>
  }
}

function rejectOtherType(name: string, expected: number, found: number | undefined): void {
  if (found === undefined || found === expected) return
  throw new UserError(
    `The search attribute ${name} exists with another type. Remove it first (temporal operator search-attribute remove --name ${name}), or use another namespace.`,
  )
}

/** The server refreshes its list only now and then; a worker that starts sooner would fail. */
async function untilListed(
  list: () => Promise<Record<string, number>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const giveUpAt = Date.now() + 60_000
  while (Date.now() < giveUpAt) {
    const listed = await list()
    if (required.every(([name]) => Object.hasOwn(listed, name))) return
    await pause(500, signal)
  }
  throw new UserError(
    'The search attributes were created, but the server does not list them yet. Try again in a minute: slipway setup',
  )
}
