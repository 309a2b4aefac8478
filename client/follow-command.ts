import type { Client } from '@temporalio/client'
import { exitStatus, exitStatusWhenWaitingEnds, type Outcome } from '../rollout/outcome.ts'
import type { Accepted, ReleaseResult } from '../workflows/types.ts'
import type { CommonOptions } from './commands/command.ts'
import { openDisplay } from './display/display.ts'
import { resultText } from './display/result.ts'
import { followRelease } from './follow.ts'
import { note, print } from './output.ts'
import { plain } from './text.ts'

/** A release to follow, and what it takes for the command to have done what it was asked to. */
export interface Followed {
  readonly id: string
  readonly runId?: string
  readonly environment: string
  /** Outcomes that are what was wanted: a rollback that cancels a release wants `cancelled`. */
  readonly wanted?: readonly Outcome[]
}

type Stopped =
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals }
  | { readonly kind: 'timeout' }

/** What a process that ends by a signal exits with, by convention: 128 and the signal's number. */
const signalStatus: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 }

/**
 * Shows a release until it has ended, and gives the exit status of its outcome. Ctrl-C and the
 * time-out end the waiting, never the release; a second Ctrl-C ends the command at once.
 */
export async function followToEnd(
  client: Client,
  release: Followed,
  options: CommonOptions & { readonly timeout?: number },
): Promise<number> {
  const stop = new AbortController()
  let stopped: Stopped | undefined
  const end = (how: Stopped) => {
    stopped = how
    stop.abort()
  }
  const onSignal = (name: NodeJS.Signals) => end({ kind: 'signal', name })
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const timer =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => end({ kind: 'timeout' }), options.timeout)
  const display = openDisplay({ json: options.json === true })
  let result: ReleaseResult
  try {
    result = await followRelease(client, release, {
      signal: stop.signal,
      onEvent: (event) => display.show(event),
    })
  } catch (error) {
    display.close()
    if (stopped === undefined) throw error
    return stopWaiting(release, stopped, options)
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  display.close()
  print(options.json === true ? JSON.stringify({ event: 'result', ...result }) : resultText(result))
  return release.wanted?.includes(result.outcome) === true ? 0 : exitStatus[result.outcome]
}

function stopWaiting(release: Followed, how: Stopped, options: CommonOptions): number {
  if (options.json === true) {
    const outcome = how.kind === 'timeout' ? 'timed_out' : 'interrupted'
    print(JSON.stringify({ event: 'result', id: release.id, outcome }))
  }
  note(
    `${how.kind === 'timeout' ? 'Stopped waiting' : 'Interrupted'}: ${release.id} goes on.\n` +
      `  follow it:  slipway wait ${release.id}\n` +
      `  cancel it:  slipway cancel ${release.environment}`,
  )
  return how.kind === 'timeout' ? exitStatusWhenWaitingEnds : (signalStatus[how.name] ?? 1)
}

/** Says that a request was let in, and follows it where that is wanted. Gives the exit status. */
export async function tellAndFollow(
  client: Client,
  accepted: Omit<Accepted, 'runId'> & Partial<Pick<Accepted, 'runId'>>,
  options: CommonOptions & {
    readonly environment: string
    readonly wait?: boolean
    readonly timeout?: number
    readonly wanted?: readonly Outcome[]
  },
): Promise<number> {
  const { releaseId: id, runId, message } = accepted
  if (options.json === true) print(JSON.stringify({ event: 'accepted', ...accepted }))
  else print(plain(message))
  if (options.wait === false) {
    if (options.json !== true) note(`Follow it: slipway wait ${id}`)
    return 0
  }
  return followToEnd(client, { ...options, id, ...(runId === undefined ? {} : { runId }) }, options)
}
