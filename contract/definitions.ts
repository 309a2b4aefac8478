import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common'

/**
 * Message definitions as those of `@temporalio/workflow`, which are plain data, without that package:
 * a program that only sends messages to workflows need not install what runs them.
 */
export function defineUpdate<Result, Args extends unknown[] = []>(
  name: string,
): UpdateDefinition<Result, Args> {
  // The types have marker properties that never exist at run time.
  return { type: 'update', name } as UpdateDefinition<Result, Args>
}

export function defineSignal<Args extends unknown[] = []>(name: string): SignalDefinition<Args> {
  return { type: 'signal', name } as SignalDefinition<Args>
}

export function defineQuery<Result, Args extends unknown[] = []>(
  name: string,
): QueryDefinition<Result, Args> {
  return { type: 'query', name } as QueryDefinition<Result, Args>
}
