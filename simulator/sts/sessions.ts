import { randomBytes } from 'node:crypto'

/** Temporary credentials that the simulator issued. */
export interface Session {
  readonly accessKeyId: string
  readonly roleArn: string
  readonly roleId: string
  readonly sessionName: string
  /** ms since the epoch */
  readonly expiresAt: number
}

export interface Sessions {
  open(role: { roleArn: string; sessionName: string; seconds: number }): Session
  find(accessKeyId: string): Session | undefined
}

export function createSessions(now: () => number): Sessions {
  const byKey = new Map<string, Session>()
  return {
    open({ roleArn, sessionName, seconds }) {
      const session: Session = {
        accessKeyId: `ASIA${hex(8)}`,
        roleArn,
        roleId: `AROA${hex(8)}`,
        sessionName,
        expiresAt: now() + seconds * 1000,
      }
      byKey.set(session.accessKeyId, session)
      return session
    },
    find: (accessKeyId) => byKey.get(accessKeyId),
  }
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase()
}
