import type { ReleaseRequest } from '../contract/requests.ts'
import { utf8Length } from '../contract/size.ts'
import { withoutControlCharacters } from './control-characters.ts'

/** `3f2c1ab`, as `git log --oneline` shows it. */
export function shortCommit(commit: string | undefined): string {
  return commit === undefined ? 'an unknown commit' : commit.slice(0, 7)
}

/** `sha256:3f2c1ab4d5e6`: enough to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}

/** `mailman-api:42` */
export function shortRevision(taskDefinition: string): string {
  return taskDefinition.split('/').at(-1) ?? taskDefinition
}

/** `02:14 UTC` */
export function timeOfDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`
}

/**
 * A release in one line, for the list in the Temporal UI, which takes 200 bytes:
 * `mailman 3f2c1ab → production: Add organization id to inboxes`.
 */
export function releaseSummary(request: ReleaseRequest, commit: string | undefined): string {
  const { project, environment } = request.spec
  switch (request.kind) {
    case 'deploy':
      return oneLine(`${project} ${shortCommit(commit)} → ${environment}: ${request.subject}`)
    case 'redeploy':
      return oneLine(`${project} → ${environment}: redeploy of what is live`)
    case 'rollback': {
      const why = request.reason === undefined ? '' : `: ${request.reason}`
      return oneLine(
        `${project} → ${environment}: rollback to ${request.to ?? 'what ran before'}${why}`,
      )
    }
  }
}

/**
 * Foreign text as one line without control characters, cut after `maxBytes` bytes of UTF-8 with an
 * ellipsis.
 */
export function oneLine(text: string, maxBytes = 180): string {
  const clean = withoutControlCharacters(text).trim()
  let bytes = 0
  let kept = ''
  for (const character of clean) {
    bytes += utf8Length(character)
    if (bytes > maxBytes) return `${kept}…`
    kept += character
  }
  return kept
}
