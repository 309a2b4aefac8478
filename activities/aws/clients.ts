import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { STSClient } from '@aws-sdk/client-sts'
import type { AwsSpec } from '../../contract/environment-spec.ts'
import { markCredentialErrors } from './credentials.ts'
import { keepErrorBody, keepErrorBodyOptions } from './keep-error-body.ts'

/** One client for each AWS service, all with the same region and credentials. */
export interface AwsClients {
  readonly ecs: ECSClient
  /**
   * Without the SDK's retries, for calls that change something: if the answer to such a call is
   * lost, the caller must check what happened before it repeats the call.
   */
  readonly ecsOnce: ECSClient
  readonly ecr: ECRClient
  /** For registries of another region. The same client each time. */
  readonly ecrIn: (region: string) => ECRClient
  readonly elb: ElasticLoadBalancingV2Client
  readonly logs: CloudWatchLogsClient
  readonly sts: STSClient
}

export type AwsClientsFor = (aws: AwsSpec) => AwsClients

/** The SDK's default is to wait forever on a silent socket; an activity must not. */
const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
}

/**
 * Creates clients once for each region and profile. Credentials, regions, endpoints
 * (`AWS_ENDPOINT_URL`) and retries follow the AWS SDK's own configuration: environment, profiles,
 * web identity, container and instance roles.
 */
export function awsClientsByEnvironment(): AwsClientsFor {
  const cache = new Map<string, AwsClients>()
  return (aws) => {
    const key = JSON.stringify([aws.region, aws.profile])
    const clients = cache.get(key) ?? createAwsClients(aws)
    cache.set(key, clients)
    return clients
  }
}

function createAwsClients({ region, profile }: AwsSpec): AwsClients {
  const options = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    requestHandler,
  }
  const ecrByRegion = new Map<string, ECRClient>()
  const clients = {
    ecs: new ECSClient(options),
    ecsOnce: new ECSClient({ ...options, maxAttempts: 1 }),
    ecr: ecrClient(options),
    ecrIn(other: string): ECRClient {
      const client = ecrByRegion.get(other) ?? ecrClient({ ...options, region: other })
      ecrByRegion.set(other, client)
      return client
    },
    elb: new ElasticLoadBalancingV2Client(options),
    logs: new CloudWatchLogsClient(options),
    sts: new STSClient(options),
  }
  // Only for the services that speak JSON: the SDK reads any XML body of the others.
  clients.ecs.middlewareStack.add(keepErrorBody, keepErrorBodyOptions)
  clients.ecsOnce.middlewareStack.add(keepErrorBody, keepErrorBodyOptions)
  clients.logs.middlewareStack.add(keepErrorBody, keepErrorBodyOptions)
  const { ecs, ecsOnce, elb, logs, sts } = clients
  markCredentialErrors(ecs, profile)
  markCredentialErrors(ecsOnce, profile)
  markCredentialErrors(elb, profile)
  markCredentialErrors(logs, profile)
  markCredentialErrors(sts, profile)
  return clients
}

function ecrClient(options: AwsSpec & { readonly requestHandler: object }): ECRClient {
  const client = new ECRClient(options)
  client.middlewareStack.add(keepErrorBody, keepErrorBodyOptions)
  markCredentialErrors(client, options.profile)
  return client
}
