import { ApplicationFailure } from '@temporalio/common'
import { failure, unavailable } from '../temporal/failures.ts'
import {
  accessDenied,
  clockDiffers,
  conflicts,
  invalidCredentials,
  maySucceedLater,
  missingCredentials,
} from './error-names.ts'
import { missingPermission } from './missing-permission.ts'
import { readAwsError, unreadableAnswer } from './read-error.ts'

/**
 * The typed failure for an error of the AWS SDK or of the network. Undefined for an unknown error:
 * that is a defect of our own, which keeps its stack trace.
 */
export function knownFailure(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error
  const awsError = readAwsError(error)
  if (awsError === undefined) return undefined
  const { name, message, answered } = awsError
  const detail = message === '' ? name : `${name}: ${message}`
  if (invalidCredentials.has(name)) {
    return failure('CredentialsInvalid', credentialsText(name, detail))
  }
  if (accessDenied.has(name)) {
    return failure(
      'AccessDenied',
      `AWS denies the worker a permission that it needs (${detail}). ${missingPermission(message)}`,
    )
  }
  if (conflicts.has(name)) {
    return failure(
      'Conflict',
      `AWS is already changing this resource (${detail}). Wait until that change has ended, and try again.`,
    )
  }
  if (message.startsWith('Region is missing')) {
    return failure(
      'PreconditionFailed',
      'The AWS region is not configured. Set "region" of the environment in slipway.yaml, or AWS_REGION where the worker runs.',
    )
  }
  if (maySucceedLater(awsError)) return unavailable(`AWS cannot be reached or is busy (${detail}).`)
  if (name === unreadableAnswer) {
    return failure(
      'PreconditionFailed',
      `The AWS endpoint does not speak the AWS protocol (${message}). Check AWS_ENDPOINT_URL and the proxy settings where the worker runs.`,
    )
  }
  return answered
    ? failure('PreconditionFailed', `AWS rejected the request (${detail}).`)
    : undefined
}

function credentialsText(name: string, detail: string): string {
  if (clockDiffers.has(name) || /signature (expired|not yet current)/i.test(detail)) {
    return `AWS does not accept the worker's signature, since its clock differs from that of AWS (${detail}). Set the clock where the worker runs, check it there with "timedatectl" or "date -u", and try again.`
  }
  const what = missingCredentials.has(name)
    ? 'The worker cannot get credentials for AWS'
    : "AWS does not accept the worker's credentials"
  return `${what} (${detail}). Renew them where the worker runs (a role, a profile or AWS_* variables), check them there with "aws sts get-caller-identity", and try again.`
}
