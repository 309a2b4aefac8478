/** `type` of every failure of an activity. Only `Unavailable` and `WorkerShutdown` are retried. */
const failureTypes = [
  /** The environment, the source or the registry is not as the configuration says. */
  'PreconditionFailed',
  /** AWS refused to start a deployment, and a poll since then shows that it has not. */
  'DeploymentRefused',
  'ChecksFailed',
  'BuildFailed',
  'PushFailed',
  /** The image is not on this host: build it again, perhaps on another one. */
  'ImageNotHere',
  'EngineMissing',
  'CredentialsInvalid',
  'AccessDenied',
  /** Another deployment of this service is in progress, or began since the inspection. */
  'Conflict',
  /** The worker shut down during a wait. Retried by another one. */
  'WorkerShutdown',
  /** A transient error: throttling, network, 5xx. Retried. */
  'Unavailable',
] as const

export type FailureType = (typeof failureTypes)[number]

/** Whether the type of a failure is one that activities throw on purpose, with a message for people. */
export function isFailureType(type: string | null | undefined): type is FailureType {
  return failureTypes.some((one) => one === type)
}
