import { setTimeout as delay } from 'node:timers/promises'
import { SearchAttributeType } from '@temporalio/common'
import type { Client } from '@temporalio/client'
import { indexedValueTypes, searchAttributes } from '../contract/search-attributes.ts'
import { explained, grpcStatus, errorMessage } from './explain-error.ts'
import { UserError } from './user-error.ts'

export interface SetupResult {
  readonly created: readonly string[]
  readonly present: readonly string[]
}

/** As the command line of Temporal Cloud spells them. */
const cliTypes = {
  [SearchAttributeType.TEXT]: 'Text',
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.KEYWORD_LIST]: 'KeywordList',
} as const

const permissionDenied = 7
const unimplemented = 12

/**
 * Creates the search attributes that releases are listed by, as far as they are not there yet,
 * and waits until the server knows them. Doing it twice does no harm.
 *
 * @throws Refusal where one is there with another type, or where this may not be done from here
 */
export async function setUpSearchAttributes(client: Client): Promise<SetupResult> {
  const { operatorService } = client.connection as unknown as OperatorConnection
  const { namespace } = client.options
  const wanted = Object.entries(searchAttributes)
  const list = async () =>
    (await operatorService.listSearchAttributes({ namespace })).customAttributes
  try {
    const there = await list()
    for (const [name, type] of wanted) refuseOtherType(name, indexedValueTypes[type], there[name])
    const missing = wanted.filter(([name]) => !Object.hasOwn(there, name))
    const present = wanted.map(([name]) => name).filter((name) => Object.hasOwn(there, name))
    if (missing.length === 0) return { created: [], present }
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map(([name, type]) => [name, indexedValueTypes[type]]),
      ),
    })
    await untilKnown(list)
    return { created: missing.map(([name]) => name), present }
  } catch (error) {
    const status = grpcStatus(error)
    if (status !== permissionDenied && status !== unimplemented) throw explained(error)
    const commands = wanted.map(
      ([name, type]) =>
        `  tcld namespace search-attributes add --namespace ${namespace} --search-attribute "${name}=${cliTypes[type]}"`,
    )
    throw new UserError(
      `This server does not let search attributes be created from here (${errorMessage(error)}). In Temporal Cloud:\n${commands.join('\n')}`,
      { cause: error },
    )
  }
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

function refuseOtherType(name: string, wanted: number, found: number | undefined): void {
  if (found === undefined || found === wanted) return
  throw new UserError(
    `The search attribute ${name} is there with another type. Remove it first (temporal operator search-attribute remove --name ${name}), or use a namespace of its own.`,
  )
}

/** The server reads its own list anew every so often; a worker that starts sooner would stumble. */
async function untilKnown(list: () => Promise<Record<string, number>>): Promise<void> {
  const giveUp = Date.now() + 60_000
  while (Date.now() < giveUp) {
    const there = await list()
    if (Object.keys(searchAttributes).every((name) => Object.hasOwn(there, name))) return
    await delay(500)
  }
  throw new UserError(
    'The search attributes were created, but the server does not list them yet. Ask again in a minute.',
  )
}
