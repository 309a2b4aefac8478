import {
  condition,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import { failureMessage } from '../temporal/failure.ts'
import {
  environmentWorkflowId,
  resumeSignal,
  pauseSignal,
  plainControls,
  releaseStatus,
} from '../../contract/messages.ts'
import { releaseDetails } from '../../text/details.ts'
import { referenceOf } from '../release-reference.ts'
import { linksOf } from '../../text/links.ts'
import { parsePaused } from '../environment/state/parse-signal.ts'
import { oneLine, releaseSummary } from '../../text/short.ts'
import type {
  ReleaseInput,
  ReleaseResult,
  ReleaseStatus,
  Step,
  StepName,
} from '../../contract/releases.ts'

/** What a release has done so far, for the query `status` and the Temporal UI. */
export interface ReleaseProgress {
  /** Runs one step and keeps when it ran, how it ended and what came of it. */
  step<T>(about: StepAbout, work: () => Promise<T>, end?: (value: T) => StepEnd): Promise<T>
  skip(about: StepAbout, note: string): void
  warn(warnings: readonly string[]): void
  knowCommit(commit: string | undefined): void
  end(result: ReleaseResult): void
  status(): ReleaseStatus
}

/** What came of a step: a note, and `failed` where the step came back with bad news. */
export type StepEnd = string | { readonly state: 'failed'; readonly note: string }

export interface StepAbout {
  readonly name: StepName
  readonly subject?: string
  /** What is to be known while it runs. */
  readonly note?: string
}

/** A deployment that has begun is watched to its end, and taken back where it must be. */
const unstoppable: ReadonlySet<StepName> = new Set(['wait', 'verify', 'roll back', 'credentials'])

/** Opens the record, answers `status` from it and keeps the UI's current details true. */
export function openReleaseProgress(input: ReleaseInput): ReleaseProgress {
  const { request, commit } = input
  let status: ReleaseStatus = {
    ...referenceOf(input),
    project: request.spec.project,
    environment: request.spec.environment,
    summary: releaseSummary(request, commit),
    startedAt: Date.now(),
    steps: [],
    warnings: [],
    links: linksOf(request.spec, commit),
  }

  function update(change: Partial<ReleaseStatus>): void {
    status = { ...status, ...change }
    setCurrentDetails(releaseDetails(status))
  }

  function begin(about: StepAbout): (change: Partial<Step>) => void {
    const index = status.steps.length
    const first: Step = { ...about, state: 'running', startedAt: Date.now() }
    update({ steps: [...status.steps, first] })
    return (change) =>
      update({
        steps: status.steps.map((step, at) =>
          at === index ? { ...step, endedAt: Date.now(), ...change } : step,
        ),
      })
  }

  function notFollowed(signal: string): void {
    const environmentId = environmentWorkflowId(request.spec.environment)
    const known = [...plainControls, 'rollback'].toSorted().join(', ')
    const warning = elsewhere(oneLine(signal, 40), environmentId, known)
    const { warnings } = status
    // Somebody who insists must not fill the page.
    if (warnings.includes(warning) || warnings.length >= mostWarnings) return
    update({ warnings: [...warnings, warning] })
  }

  setHandler(releaseStatus, () => status)
  setHandler(pauseSignal, (body: unknown) => {
    const paused = parsePaused(body)
    if (paused === undefined) notFollowed(pauseSignal.name)
    else update({ paused })
  })
  setHandler(resumeSignal, () => {
    const { paused: _, ...going } = status
    status = going
    update({})
  })
  setDefaultSignalHandler(notFollowed)
  update({})

  return {
    async step(about, work, end) {
      if (!unstoppable.has(about.name)) await condition(() => status.paused === undefined)
      const finish = begin(about)
      try {
        const value = await work()
        const said = end?.(value)
        if (said === undefined) finish({ state: 'done' })
        else finish(typeof said === 'string' ? { state: 'done', note: said } : said)
        return value
      } catch (failure) {
        finish({
          state: 'failed',
          note: isCancellation(failure) ? 'cancelled' : failureMessage(failure),
        })
        throw failure
      }
    },
    skip: (about, note) => begin(about)({ state: 'skipped', note }),
    warn: (warnings) => update({ warnings: [...status.warnings, ...warnings] }),
    knowCommit: (known) =>
      known === undefined
        ? undefined
        : update({ commit: known, links: linksOf(request.spec, known) }),
    end: (result) => update({ result }),
    status: () => status,
  }
}

const mostWarnings = 50

function elsewhere(name: string, environmentId: string, known: string): string {
  return `A signal "${name}" came and was not followed: signals go to ${environmentId} (${known}).`
}
