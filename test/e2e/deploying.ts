import { requestDeploy } from '../../client/index.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { environmentWorkflowId } from '../../contract/messages.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { Accepted } from '../../contract/requests.ts'
import type { ExampleEnvironment } from './example-environment.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import type { LocalStack } from './local-stack.ts'

/** Deploys the checkout with the command line, and asserts the outcome. */
export async function deploy(
  stack: LocalStack,
  example: ExampleEnvironment,
  outcome: Outcome,
): Promise<ReleaseResult> {
  const command = await example.slipway('deploy', example.environment, '--json')
  const { id } = resultIn(command)
  return assertOutcome(stack, example, { id, outcome, command })
}

/** Requests the release of a commit through the library. */
export function begin(
  stack: LocalStack,
  example: ExampleEnvironment,
  commit: string,
): Promise<Accepted> {
  return requestDeploy(stack.temporal, {
    kind: 'deploy',
    spec: example.spec,
    commit,
    subject: 'Say something',
    requestedBy: 'a test',
  })
}

/** The workflow of an environment, as a person at the Temporal UI or CLI sees it. */
export function environmentWorkflow(stack: LocalStack, example: ExampleEnvironment) {
  return stack.temporal.workflow.getHandle(environmentWorkflowId(example.environment))
}
