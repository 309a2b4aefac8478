/** A request to one operation of one AWS service, with its wire protocol taken off. */
export interface Call {
  /** `ECS`, `ECR`, `ELBv2`, `STS`, `Logs`, `CloudWatch` */
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly region: string
  readonly accessKeyId: string
}

/** One AWS service: its operations by name. What is not here answers `UnknownOperationException`. */
export type Operations = Readonly<Record<string, (call: Call) => unknown>>

/** Thrown by an operation; becomes the service's own error shape and HTTP status. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
