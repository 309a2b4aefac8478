import type { RunningRelease } from '../contract/environment.ts'
import { shortCommit } from './short.ts'

/** Names the running release for a request that has to wait for it. */
export function busyWith({ id, kind, commit, requestedBy, startedAt }: RunningRelease): string {
  const what = commit === undefined ? kind : `${kind} of ${shortCommit(commit)}`
  const since = new Date(startedAt).toISOString()
  return `${id} is running (${what}, requested by ${requestedBy}, since ${since})`
}

/** Says why a request ended without having started. */
export function supersededBy(newer: string): string {
  return `${newer} took its place before it started; nothing was touched.`
}
