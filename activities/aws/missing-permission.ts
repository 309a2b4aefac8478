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
  if (message.includes('explicit deny')) {
    return 'A policy denies it explicitly: change that policy, and try again.'
  }
  const elsewhere = otherAccount(principal, resource)
  const also =
    elsewhere === undefined
      ? ''
      : `, and in the policy of that resource itself, which is of account ${elsewhere}`
  return `Allow ${permission} in a policy of ${owner}${also}, and try again.`
}

/**
 * The account of a resource if it is not the principal's: then both of them must allow the call
 * ("Cross-account policy evaluation logic" in the IAM user guide).
 */
function otherAccount(principal: string | undefined, resource: string | undefined) {
  const own = principal?.split(':')[4]
  const account = resource?.split(':')[4]
  const differs = own !== undefined && account !== undefined && /^\d{12}$/.test(account)
  return differs && own !== account ? account : undefined
}

/** `arn:aws:sts::111122223333:assumed-role/slipway/i-0abc` → `role "slipway"`. */
function readablePrincipal(principal: string): string {
  const [, kind, name] = /:(user|role|assumed-role)\/(.+)$/.exec(principal) ?? []
  if (kind === undefined || name === undefined) return principal
  return kind === 'assumed-role' ? `role "${name.split('/')[0]}"` : `${kind} "${name}"`
}
