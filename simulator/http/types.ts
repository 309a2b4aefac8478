/** A request to one operation of one AWS service, independent of its wire protocol. */
export interface Call {
  /** `ECS`, `ECR`, `ELBv2`, `STS`, `Logs`, `CloudWatch` */
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly region: string
  readonly accessKeyId: string
}

/** The operations of one AWS service, by name. Any other answers `UnknownOperationException`. */
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
