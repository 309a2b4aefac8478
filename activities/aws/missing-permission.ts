/**
 * What to grant where AWS denies a call, as far as its message tells. IAM's words are
 * `User: <ARN> is not authorized to perform: <action> on resource: <ARN> because …` ("Troubleshoot
 * access denied error messages" in the IAM user guide); some services leave out the resource.
 */
export function missingPermission(message: string): string {
  const action = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1]
  if (action === undefined) return 'Add the permission to its role and ask again.'
  const principal = /User: (\S+)/.exec(message)?.[1]
  const resource = /on resource: (arn:\S+[^\s.,])/.exec(message)?.[1]
  const what = `"${action}"${resource === undefined ? '' : ` on ${resource}`}`
  const whose = principal === undefined ? "the worker's role" : nameOf(principal)
  const how = message.includes('explicit deny')
    ? 'A policy denies it explicitly: change that one'
    : `Allow ${what} in a policy of ${whose}`
  return `${how}, and ask again.`
}

/** `arn:aws:sts::111122223333:assumed-role/slipway/i-0abc` → `role "slipway"`. */
function nameOf(principal: string): string {
  const [, kind, name] = /:(user|role|assumed-role)\/(.+)$/.exec(principal) ?? []
  if (kind === undefined || name === undefined) return principal
  return kind === 'assumed-role' ? `role "${name.split('/')[0]}"` : `${kind} "${name}"`
}
