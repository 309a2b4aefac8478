/**
 * Which permission to grant after AWS denied a call, as far as its message tells. IAM writes
 * `User: <ARN> is not authorized to perform: <action> on resource: <ARN> because …` ("Troubleshoot
 * access denied error messages" in the IAM user guide); some services leave out the resource.
 */
export function missingPermission(message: string): string {
  const action = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1]
  if (action === undefined) return 'Add the permission to its role and try again.'
  const principal = /User: (\S+)/.exec(message)?.[1]
  const resource = /on resource: (arn:\S+[^\s.,])/.exec(message)?.[1]
  const permission = `"${action}"${resource === undefined ? '' : ` on ${resource}`}`
  const owner = principal === undefined ? "the worker's role" : readablePrincipal(principal)
  const remedy = message.includes('explicit deny')
    ? 'A policy denies it explicitly: change that policy'
    : `Allow ${permission} in a policy of ${owner}`
  return `${remedy}, and try again.`
}

/** `arn:aws:sts::111122223333:assumed-role/slipway/i-0abc` → `role "slipway"`. */
function readablePrincipal(principal: string): string {
  const [, kind, name] = /:(user|role|assumed-role)\/(.+)$/.exec(principal) ?? []
  if (kind === undefined || name === undefined) return principal
  return kind === 'assumed-role' ? `role "${name.split('/')[0]}"` : `${kind} "${name}"`
}
