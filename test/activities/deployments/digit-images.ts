import type { TaskSpec } from '../../../simulator/runtime/types.ts'

/** Images named by one digit, which their digests repeat: it says how their tasks behave. */

export const digest = (digit: string) => `sha256:${digit.repeat(64)}`

/** The digit of the image that a task runs. */
export const digitOf = ({ containers: [container] }: TaskSpec) =>
  container?.image.split('@sha256:')[1]?.[0] ?? ''
