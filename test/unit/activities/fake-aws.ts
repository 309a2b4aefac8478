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

/** Operations whose answers are read as they came on the wire, where the SDK knows only a part. */
const onTheWire: ReadonlySet<string> = new Set(['DescribeTaskDefinition', 'RegisterTaskDefinition'])

/**
 * Real SDK clients whose first middleware returns these responses, so that nothing leaves the
 * process; for task definitions the request and the response are JSON, as those of ECS. An
 * operation without a response fails as unknown to the endpoint.
 */
export function fakeAws(answers: Answers): FakeAws {
  const calls: FakeAws['calls'] = []
  const answer = (operation: string, input: Input): object => {
    calls.push({ operation, input })
    const give = answers[operation]
    if (give === undefined) throw awsError('UnknownOperationException', operation)
    return give(input) as object
  }
  const options = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
  const respond = <Client extends Stack>(client: Client): Client => {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const operation = (context.commandName ?? '').replace(/Command$/, '')
        if (onTheWire.has(operation)) return (await next(args as never)) as Answered
        const output = { $metadata: {}, ...answer(operation, args.input as Input) }
        return { response: {}, output: output as never }
      },
      { step: 'initialize', priority: 'high', name: 'respond' },
    )
    return client
  }
  const handle = async ({
    headers,
    body,
  }: {
    headers: Record<string, string>
    body?: string | Uint8Array
  }) => {
    const operation = headers['x-amz-target']?.split('.')[1] ?? ''
    const text = wireText(
      answer(
        operation,
        JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as Input,
      ),
    )
    return { response: { statusCode: 200, headers: {}, body: Buffer.from(text) } }
  }
  const ecs = respond(new ECSClient({ ...options, maxAttempts: 1, requestHandler: { handle } }))
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

interface Answered {
  readonly response: unknown
  readonly output: never
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: { input: unknown }) => Promise<Answered>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void
  }
}

/** JSON as ECS writes it: times are seconds. */
function wireText(output: object): string {
  return JSON.stringify(output, function (this: Input, key, value: unknown) {
    const before = this[key]
    return before instanceof Date ? before.getTime() / 1000 : value
  })
}

/** An error as the SDK throws it for an error response of AWS. */
export function awsError(name: string, message = '', status = 400): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status },
  })
}
