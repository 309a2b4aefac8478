import type { ReleaseReference } from '../contract/release-reference.ts'
import type { ReleaseInput } from '../contract/releases.ts'
import { oneLine } from '../text/short.ts'

/** The reference of a release. Texts by people are cut to one line of at most 180 bytes. */
export function referenceOf({ id, request, commit }: ReleaseInput): ReleaseReference {
  return {
    id,
    kind: request.kind,
    ...(commit === undefined ? {} : { commit }),
    ...(request.kind === 'deploy' ? { subject: oneLine(request.subject) } : {}),
    requestedBy: oneLine(request.requestedBy),
  }
}
