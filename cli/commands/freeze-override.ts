import { UserError } from '../../client/user-error.ts'
import type { FreezeOverride } from '../../contract/requests.ts'

export const overrideFreeze = [
  '--override-freeze',
  'proceed although the environment is frozen; requires --reason',
] as const

export const overrideReason = ['--reason <text>', 'why the freeze is overridden'] as const

/** @throws UserError if one of the two options is given without the other: the reason is recorded */
export function freezeOverride(options: {
  readonly overrideFreeze?: boolean
  readonly reason?: string
}): { readonly override?: FreezeOverride } {
  if (options.overrideFreeze !== true) {
    if (options.reason === undefined) return {}
    throw new UserError(
      '--reason is only used with --override-freeze. Add --override-freeze, or leave --reason out.',
    )
  }
  if (options.reason === undefined || options.reason.trim() === '') {
    throw new UserError('--override-freeze requires a reason. Add --reason "why it cannot wait".')
  }
  return { override: { reason: options.reason.slice(0, 500) } }
}
