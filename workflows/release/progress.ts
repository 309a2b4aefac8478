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
import { cut } from '../../contract/size.ts'
import { boundWarning } from './bound-result.ts'
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

/** The progress of a release, for the query `status` and the Temporal UI. */
export interface ReleaseProgress {
  /** Runs one step and keeps when it ran, how it ended, and its note. */
  step<T>(about: StepAbout, work: () => Promise<T>, end?: (value: T) => StepEnd): Promise<T>
  skip(about: StepAbout, note: string): void
  warn(warnings: readonly string[]): void
  knowCommit(commit: string | undefined): void
  end(result: ReleaseResult): void
  status(): ReleaseStatus
}

/** How a step ended: a note, and `failed` if the step returned a failure instead of throwing. */
export type StepEnd = string | { readonly state: 'failed'; readonly note: string }

export interface StepAbout {
  readonly name: StepName
  readonly subject?: string
  /** Shown while it runs. */
  readonly note?: string
}

/** A deployment that has begun is watched to its end, and rolled back if it fails. */
const unpausable: ReadonlySet<StepName> = new Set(['wait', 'verify', 'roll back', 'credentials'])

/** Keeps the progress of a release, answers the query `status`, and updates the UI's details. */
export function trackProgress(input: ReleaseInput): ReleaseProgress {
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
          at === index ? { ...step, endedAt: Date.now(), ...boundNote(change) } : step,
        ),
      })
  }

  function warnOfStray(signal: string): void {
    const environmentId = environmentWorkflowId(request.spec.environment)
    const known = [...plainControls, 'rollback'].toSorted().join(', ')
    const warning = strayText(oneLine(signal, 40), environmentId, known)
    const { warnings } = status
    // Repeated signals must not fill the page.
    if (warnings.includes(warning) || warnings.length >= maxWarnings) return
    update({ warnings: [...warnings, warning] })
  }

  setHandler(releaseStatus, () => status)
  setHandler(pauseSignal, (body: unknown) => {
    const paused = parsePaused(body)
    if (paused === undefined) warnOfStray(pauseSignal.name)
    else update({ paused })
  })
  setHandler(resumeSignal, () => {
    const { paused: _, ...resumed } = status
    status = resumed
    update({})
  })
  setDefaultSignalHandler(warnOfStray)
  update({})

  return {
    async step(about, work, end) {
      if (!unpausable.has(about.name)) await condition(() => status.paused === undefined)
      const finish = begin(about)
      try {
        const value = await work()
        const ended = end?.(value)
        if (ended === undefined) finish({ state: 'done' })
        else finish(typeof ended === 'string' ? { state: 'done', note: ended } : ended)
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
    warn: (warnings) => update({ warnings: [...status.warnings, ...warnings.map(boundWarning)] }),
    knowCommit: (known) =>
      known === undefined
        ? undefined
        : update({ commit: known, links: linksOf(request.spec, known) }),
    end: (result) => update({ result }),
    status: () => status,
  }
}

const maxWarnings = 50
const noteBytes = 1_024

function boundNote(change: Partial<Step>): Partial<Step> {
  return change.note === undefined ? change : { ...change, note: cut(change.note, noteBytes) }
}

function strayText(name: string, environmentId: string, known: string): string {
  return `Ignored the signal "${name}": send signals to ${environmentId} (${known}).`
}
