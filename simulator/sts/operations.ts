import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Operations } from '../http/types.ts'
import type { Session, Sessions } from './sessions.ts'
import { readWebIdentity } from './web-identity.ts'

export interface StsContext {
  readonly account: string
  readonly now: () => number
  readonly sessions: Sessions
}

/** AWS STS, API version 2011-06-15: the caller's identity, and temporary credentials for anyone. */
export function stsOperations({ account, now, sessions }: StsContext): Operations {
  return {
    GetCallerIdentity({ accessKeyId }) {
      const session = sessions.find(accessKeyId)
      if (session !== undefined) {
        const { AssumedRoleId, Arn } = assumedRole(session)
        return { UserId: AssumedRoleId, Account: accountOf(session.roleArn), Arn }
      }
      return {
        UserId: 'AIDASIMULATEDUSER0000',
        Account: account,
        Arn: `arn:aws:iam::${account}:user/simulated`,
      }
    },
    AssumeRole: (call) => answer(sessions.open(readRole(call))),
    AssumeRoleWithWebIdentity(call) {
      const { issuer, subject, audience } = readWebIdentity(
        required(call, 'WebIdentityToken'),
        now(),
      )
      return {
        ...answer(sessions.open(readRole(call))),
        Provider: issuer,
        SubjectFromWebIdentityToken: subject,
        Audience: audience,
      }
    },
  }
}

function readRole(call: Call): { roleArn: string; sessionName: string; seconds: number } {
  const roleArn = required(call, 'RoleArn')
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+/.test(roleArn))
    throw new AwsError('ValidationError', `${roleArn} is invalid`)
  const sessionName = required(call, 'RoleSessionName')
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    )
  const seconds = Number(call.input['DurationSeconds'] ?? 3600)
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43200)
    throw new AwsError(
      'ValidationError',
      `DurationSeconds is ${String(call.input['DurationSeconds'])}; it must be between 900 and 43200.`,
    )
  return { roleArn, sessionName, seconds }
}

function answer(session: Session) {
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: randomBytes(30).toString('base64'),
      SessionToken: randomBytes(96).toString('base64'),
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: assumedRole(session),
  }
}

function assumedRole({ roleArn, roleId, sessionName }: Session) {
  const role = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  return {
    AssumedRoleId: `${roleId}:${sessionName}`,
    Arn: `arn:aws:sts::${accountOf(roleArn)}:assumed-role/${role}/${sessionName}`,
  }
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}

function required(call: Call, field: string): string {
  const value = call.input[field]
  if (typeof value === 'string' && value !== '') return value
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`,
  )
}
