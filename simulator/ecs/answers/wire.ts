/**
 * A type of the AWS SDK as ECS writes it in JSON: a moment is a number of seconds since the epoch.
 * Answers are made of these, so that the compiler holds them to AWS's own names and types.
 */
export type Wire<Type> = Type extends Date
  ? number
  : Type extends readonly (infer Item)[]
    ? Wire<Item>[]
    : Type extends object
      ? { [Field in keyof Type]: Wire<Type[Field]> }
      : Type

/** Milliseconds since the epoch as ECS writes them. */
export function seconds(ms: number): number
export function seconds(ms: number | undefined): number | undefined
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}

/** What an operation answers: the SDK's output without what the SDK itself adds to it. */
export type Answer<Output> = Wire<Omit<Output, '$metadata'>>
