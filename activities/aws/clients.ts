import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { STSClient } from '@aws-sdk/client-sts'
import type { AwsSpec } from '../../contract/environment-spec.ts'
import { keepErrorBody, keepingErrorBody } from './error-bodies.ts'
import { nameProfile, namingProfile } from './profile-name.ts'

/** One client a service, all for the same region and credentials. */
export interface AwsClients {
  readonly ecs: ECSClient
  /**
   * The same without retries of its own, for calls that start something: a request whose answer
   * was lost must be looked for before it is sent again.
   */
  readonly ecsOnce: ECSClient
  readonly ecr: ECRClient
  readonly elb: ElasticLoadBalancingV2Client
  readonly logs: CloudWatchLogsClient
  readonly sts: STSClient
}

export type AwsClientsFor = (aws: AwsSpec) => AwsClients

/** A socket that says nothing must not hold an activity for ever: the SDK's default does. */
const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
}

/**
 * Clients by region and profile, made once each. Credentials, regions, endpoints
 * (`AWS_ENDPOINT_URL`) and retries are the AWS SDK's own: environment, profiles, web identity,
 * container and instance roles.
 */
export function awsClientsByEnvironment(): AwsClientsFor {
  const known = new Map<string, AwsClients>()
  return (aws) => {
    const key = JSON.stringify([aws.region, aws.profile])
    const clients = known.get(key) ?? createAwsClients(aws)
    known.set(key, clients)
    return clients
  }
}

function createAwsClients({ region, profile }: AwsSpec): AwsClients {
  const options = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    requestHandler,
  }
  const clients = {
    ecs: new ECSClient(options),
    ecsOnce: new ECSClient({ ...options, maxAttempts: 1 }),
    ecr: new ECRClient(options),
    elb: new ElasticLoadBalancingV2Client(options),
    logs: new CloudWatchLogsClient(options),
    sts: new STSClient(options),
  }
  // Those that read JSON; the others read whatever XML there is.
  clients.ecs.middlewareStack.add(keepErrorBody, keepingErrorBody)
  clients.ecsOnce.middlewareStack.add(keepErrorBody, keepingErrorBody)
  clients.ecr.middlewareStack.add(keepErrorBody, keepingErrorBody)
  clients.logs.middlewareStack.add(keepErrorBody, keepingErrorBody)
  if (profile !== undefined) {
    const { ecs, ecsOnce, ecr, elb, logs, sts } = clients
    ecs.middlewareStack.add(nameProfile(profile), namingProfile)
    ecsOnce.middlewareStack.add(nameProfile(profile), namingProfile)
    ecr.middlewareStack.add(nameProfile(profile), namingProfile)
    elb.middlewareStack.add(nameProfile(profile), namingProfile)
    logs.middlewareStack.add(nameProfile(profile), namingProfile)
    sts.middlewareStack.add(nameProfile(profile), namingProfile)
  }
  return clients
}
