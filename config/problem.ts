/** A position in `slipway.yaml`. Both numbers count from 1, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One thing that is wrong with a configuration file. */
export interface Problem {
  /** As a person would type it: relative to the working directory if that is shorter. */
  readonly file: string
  /** Absent if the problem is the file as a whole, for example because it is missing. */
  readonly position?: Position
  /** `services.api.after`; empty for the top of the file. */
  readonly path: string
  /** What was found, and what is expected. */
  readonly message: string
}

/** `slipway.yaml:12:5: services.api.after: found the text "db", expected a list`. */
export function formatProblem({ file, position, path, message }: Problem): string {
  const place = position === undefined ? '' : `:${position.line}:${position.column}`
  return `${file}${place}: ${path === '' ? '' : `${path}: `}${message}`
}

/** The configuration cannot be used. Lists all problems in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

/** Sorted by position; problems of the whole file come first. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) =>
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  )
}
