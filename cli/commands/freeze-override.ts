import { UserError } from '../../client/user-error.ts'
import type { FreezeOverride } from '../../contract/requests.ts'

export const overrideFreeze = [
  '--override-freeze',
  'go ahead though the environment is frozen; needs --reason',
] as const

export const overrideReason = ['--reason <text>', 'why the freeze is overridden'] as const

/** @throws Refusal where no reason is given: who reads it later should find one */
export function freezeOverride(options: {
  readonly overrideFreeze?: boolean
  readonly reason?: string
}): { readonly override?: FreezeOverride } {
  if (options.overrideFreeze !== true) {
    if (options.reason === undefined) return {}
    throw new UserError(
      '--reason says why a freeze is overridden, and goes with --override-freeze.',
    )
  }
  if (options.reason === undefined || options.reason.trim() === '') {
    throw new UserError('--override-freeze needs a reason: --reason "why it cannot wait"')
  }
  return { override: { reason: options.reason.slice(0, 500) } }
}
