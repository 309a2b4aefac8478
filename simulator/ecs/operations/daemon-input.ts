import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import {
  optionalInteger,
  optionalObject,
  optionalText,
  optionalWord,
  type Input,
} from '../requests/input.ts'
import { usualDeploymentConfiguration } from './deployment-configuration.ts'

/** The simulator has no container instances of its own: each of its clusters counts as having two. */
export const containerInstances = 2

/**
 * A daemon's old task stops before the new one starts on its instance: 0 and 100 percent are its
 * defaults (`DeploymentConfiguration` in the ECS API).
 */
export const daemonDeploymentConfiguration: DeploymentConfiguration = {
  ...usualDeploymentConfiguration,
  minimumHealthyPercent: 0,
  maximumPercent: 100,
}

/** Whether a service is to be created as a daemon. */
export function isDaemonInput(input: Input): boolean {
  if (optionalWord(input, 'schedulingStrategy', ['REPLICA', 'DAEMON']) !== 'DAEMON') return false
  if (optionalText(input, 'launchType') === 'FARGATE') {
    throw invalid('The DAEMON scheduling strategy is not supported with the launch type FARGATE.')
  }
  rejectDaemonInput(input)
  return true
}

/** What a daemon cannot have: a desired count, more than one task on an instance, other strategies. */
export function rejectDaemonInput(input: Input): void {
  if (optionalInteger(input, 'desiredCount') !== undefined) {
    throw invalid('The desired count of a service with the DAEMON strategy cannot be set.')
  }
  const configuration = optionalObject(input, 'deploymentConfiguration') ?? {}
  const maximum = optionalInteger(configuration, 'maximumPercent') ?? 100
  if (maximum !== 100) {
    throw invalid('maximumPercent must be 100 for a service with the DAEMON strategy.')
  }
  if ((optionalText(configuration, 'strategy') ?? 'ROLLING') !== 'ROLLING') {
    throw invalid('The DAEMON strategy supports only rolling deployments.')
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
