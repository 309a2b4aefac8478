import { requestDeploy } from '../../client/index.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { environmentWorkflowId } from '../../contract/messages.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { Accepted } from '../../contract/requests.ts'
import type { Berth } from './example-environment.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import type { Yard } from './local-stack.ts'

/** Deploys what is checked out with the command line, to the end that is expected. */
export async function deploy(yard: Yard, berth: Berth, outcome: Outcome): Promise<ReleaseResult> {
  const command = await berth.slipway('deploy', berth.environment, '--json')
  const { id } = resultIn(command)
  return assertOutcome(yard, berth, { id, outcome, command })
}

/** Asks for the release of a commit through the library. */
export function begin(yard: Yard, berth: Berth, commit: string): Promise<Accepted> {
  return requestDeploy(yard.temporal, {
    kind: 'deploy',
    target: berth.target,
    commit,
    subject: 'Say something',
    requestedBy: 'a test',
  })
}

/** The workflow of an environment, as somebody at the Temporal UI or CLI has it before him. */
export function environmentWorkflow(yard: Yard, berth: Berth) {
  return yard.temporal.workflow.getHandle(environmentWorkflowId(berth.environment))
}
