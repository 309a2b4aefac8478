import type { RunningRelease } from '../contract/environment.ts'
import { shortCommit } from './short.ts'

/** Names the release that runs, for everybody who has to wait for it. */
export function busyWith({ id, kind, commit, requestedBy, startedAt }: RunningRelease): string {
  const what = commit === undefined ? kind : `${kind} of ${shortCommit(commit)}`
  const since = new Date(startedAt).toISOString()
  return `${id} is running (${what}, asked for by ${requestedBy}, since ${since})`
}

/** Says why a request ended that never started. */
export function supersededBy(newer: string): string {
  return `${newer} took its place before it had started; nothing was touched.`
}
