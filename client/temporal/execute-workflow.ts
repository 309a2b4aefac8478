import type { Client, WorkflowStartOptions } from '@temporalio/client'
import { type AbortOptions, abortable } from './abort.ts'
import { explainingErrors } from './call.ts'

interface Execution<Input> extends Pick<
  WorkflowStartOptions,
  'workflowId' | 'taskQueue' | 'workflowExecutionTimeout'
> {
  readonly type: string
  readonly input: Input
}

/** Runs a short workflow that only this call is for. After an abort it ends on its own. */
export function executeWorkflow<Input, Result>(
  client: Client,
  options: AbortOptions,
  { type, input, ...start }: Execution<Input>,
): Promise<Result> {
  return explainingErrors(options, () =>
    abortable(client, options.signal, () =>
      client.workflow.execute<(given: Input) => Promise<Result>>(type, { ...start, args: [input] }),
    ),
  )
}
