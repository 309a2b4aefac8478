import type { Reason, ReasonKind } from '../../rollout/reasons/read-reason.ts'
import { containerWords } from './container.ts'
import { healthWords } from './health.ts'
import { imageWords } from './image.ts'
import { placementWords } from './placement.ts'
import { secretWords } from './secrets.ts'
import { setupWords } from './setup.ts'
import type { ReasonWords, WordsOf } from './words.ts'

const words: WordsOf<ReasonKind> = {
  ...secretWords,
  ...setupWords,
  ...imageWords,
  ...containerWords,
  ...placementWords,
  ...healthWords,
}

/** Says what is wrong and what to do. Undefined for a reason of an unknown kind. */
export function reasonWords({ kind, parts }: Reason): ReasonWords | undefined {
  return kind === 'unknown' ? undefined : words[kind](parts)
}

/**
 * What is wrong, what to do, and ECS's own words, except where they quote a secret: the error of a
 * secret that is not JSON has its first character.
 */
export function reasonText(reason: Reason): string | undefined {
  const told = reasonWords(reason)
  if (told === undefined) return undefined
  const { wrong, fix } = told
  if (wrong === 'The health check fails')
    return `${sentence(`${wrong}: ${reason.said}`)} ${sentence(fix)}`
  const quote = reason.kind === 'secret not JSON' ? '' : ` AWS says: ${sentence(reason.said)}`
  return `${sentence(wrong)} ${sentence(fix)}${quote}`
}

export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
