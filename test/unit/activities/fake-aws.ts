import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { STSClient } from '@aws-sdk/client-sts'
import type { AwsClients } from '../../../activities/aws/clients.ts'

type Input = Record<string, unknown>
/** The response of AWS to each operation. A function may throw {@link awsError}. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>

export interface FakeAws {
  readonly clients: AwsClients
  /** Every call so far: the operation, such as `UpdateService`, and its input. */
  readonly calls: { readonly operation: string; readonly input: Input }[]
}

/**
 * Real SDK clients whose first middleware returns these responses, so that nothing leaves the
 * process. An operation without a response fails as unknown to the endpoint.
 */
export function fakeAws(answers: Answers): FakeAws {
  const calls: FakeAws['calls'] = []
  const answer = (context: { commandName?: string }, input: unknown) => {
    const operation = (context.commandName ?? '').replace(/Command$/, '')
    calls.push({ operation, input: input as Input })
    const give = answers[operation]
    if (give === undefined) throw awsError('UnknownOperationException', operation)
    const output = { $metadata: {}, ...(give(input as Input) as object) }
    return { response: {}, output: output as never }
  }
  const options = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
  const respond = <Client extends Stack>(client: Client): Client => {
    client.middlewareStack.add((_next, context) => async (args) => answer(context, args.input), {
      step: 'initialize',
      priority: 'high',
      name: 'respond',
    })
    return client
  }
  const ecs = respond(new ECSClient(options))
  const ecr = respond(new ECRClient(options))
  return {
    calls,
    clients: {
      ecs,
      ecsOnce: ecs,
      ecr,
      ecrIn: () => ecr,
      elb: respond(new ElasticLoadBalancingV2Client(options)),
      logs: respond(new CloudWatchLogsClient(options)),
      sts: respond(new STSClient(options)),
    },
  }
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: (
        next: unknown,
        context: { commandName?: string },
      ) => (args: { input: unknown }) => Promise<{ response: unknown; output: never }>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void
  }
}

/** An error as the SDK throws it for an error response of AWS. */
export function awsError(name: string, message = '', status = 400): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status },
  })
}
