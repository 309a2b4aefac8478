/**
 * A type of the AWS SDK as ECS writes it in JSON: a time is a number of seconds since the epoch.
 * Answers have these types, so that the compiler checks them against AWS's names and types.
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

/** What an operation answers: the SDK's output type without what the SDK itself adds. */
export type Answer<Output> = Wire<Omit<Output, '$metadata'>>
