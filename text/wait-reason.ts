import type { WaitReason } from '../contract/environment.ts'
import { momentText } from './times.ts'
import { busyWith } from './queue.ts'

/**
 * Says why a request waits, to follow its id: `waits for an approval until …: slipway approve
 * production`. Without a reason it is about to start.
 */
export function waitText(reason: WaitReason | undefined, environment: string): string {
  switch (reason?.kind) {
    case undefined:
      return 'is about to start'
    case 'approval': {
      const until = momentText(reason.until)
      return `waits for an approval until ${until}: slipway approve ${environment}`
    }
    case 'freeze': {
      const { by, reason: why, until } = reason.freeze
      const end = until === undefined ? '' : ` at ${momentText(until)}`
      return `waits for the end${end} of the freeze by ${by} (${why})`
    }
    case 'running':
      return `waits: ${busyWith(reason.release)}`
    case 'queue':
      return `waits its turn behind ${reason.behind}`
  }
}
