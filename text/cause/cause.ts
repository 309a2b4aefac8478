import type { Cause } from '../../rollout/cause.ts'
import type { StopCause } from '../../rollout/stop-cause.ts'
import { alarmWords } from '../alarms.ts'
import { exitMeaning } from './exit.ts'
import { reasonText, sentence } from './reason.ts'

/** The likely cause in sentences: what is wrong, what to do, and what AWS said. */
export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'alarms':
      return sentence(`CloudWatch ${alarmWords(cause.names)}`)
    case 'rejected at a pause':
      return 'A person rejected the deployment at a pause hook.'
    case 'pause unanswered':
      return 'A pause hook waited for a person, and nobody answered in time.'
    case 'hook failed':
      return `Lifecycle hook ${cause.hook} failed.`
    case 'hook without result':
      return `Lifecycle hook ${cause.hook} had no result in time.`
    case 'container exited':
      return sentence(exitText(cause))
    case 'out of memory':
      return `Container ${cause.container} ran out of memory${timesText(cause.tasks)}. Raise memory in the task definition, or let the program use less.`
    case 'container ended':
      return sentence(`Container ${cause.container} ended${timesText(cause.tasks)}: ${cause.said}`)
    case 'task not started':
      return reasonText(cause.reason) ?? sentence(`A task failed to start: ${cause.reason.said}`)
    case 'unhealthy':
      return reasonText(cause.reason) ?? sentence(`The health check fails: ${cause.reason.said}`)
    case 'stalled':
      return (
        reasonText(cause.reason) ?? sentence(`ECS cannot go on: the service ${cause.reason.said}`)
      )
    case 'interrupted':
      return reasonText(cause.reason) ?? sentence(`A task stopped: ${cause.reason.said}`)
    case 'tasks failed':
      return reasonText(cause.reason) ?? sentence(`Tasks failed: ${cause.reason.said}`)
  }
}

function exitText({
  container,
  exitCode,
  tasks,
}: Extract<Cause, { readonly kind: 'container exited' }>): string {
  const meaning = exitMeaning(exitCode)
  const exited = `Container ${container} exited with ${exitCode}${timesText(tasks)}`
  return meaning === undefined ? exited : `${exited}: ${meaning}`
}

function timesText(tasks: number): string {
  return tasks === 1 ? '' : ` in ${tasks} tasks`
}

/** A cause in words, as a release records it, with the evidence for it. */
export type ToldStopCause = Omit<StopCause, 'cause'> & {
  /** Empty if the cause is unknown. */
  readonly cause: string
}

export function toldStopCause({ cause, ...evidence }: StopCause): ToldStopCause {
  return { cause: cause === undefined ? '' : causeText(cause), ...evidence }
}
