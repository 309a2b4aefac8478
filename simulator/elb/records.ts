import type { RuleCondition, Tag, TargetTypeEnum } from '@aws-sdk/client-elastic-load-balancing-v2'

/** How a target group asks its targets, in the units of ELBv2's own API. */
export interface HealthCheck {
  enabled: boolean
  path: string
  intervalSeconds: number
  timeoutSeconds: number
  healthyThreshold: number
  unhealthyThreshold: number
  /** `200`, `200,202` or `200-299`. */
  matcher: string
}

export interface TargetGroupRecord {
  readonly arn: string
  readonly name: string
  readonly port: number
  readonly vpcId: string
  readonly targetType: TargetTypeEnum
  readonly createdAt: number
  healthCheck: HealthCheck
  /** `ModifyTargetGroupAttributes`; only `deregistration_delay.timeout_seconds` has an effect. */
  attributes: Record<string, string>
  tags: Tag[]
  targets: TargetRecord[]
}

export interface TargetRecord {
  readonly taskId: string
  /** The address, and the port there on which the container answers. */
  readonly id: string
  readonly port: number
  readonly containerPort: number
  /** `unavailable`: nobody asks it. */
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unavailable'
  reason?: TargetReason
  description?: string
  readonly registeredAt: number
  /** Answers of one kind in a row. */
  successes: number
  failures: number
  nextProbeAt: number
  /** Leaves the target group then. Milliseconds since the epoch. */
  drainUntil?: number
}

export type TargetReason =
  | 'Elb.RegistrationInProgress'
  | 'Elb.InitialHealthChecking'
  | 'Target.FailedHealthChecks'
  | 'Target.ResponseCodeMismatch'
  | 'Target.Timeout'
  | 'Target.DeregistrationInProgress'
  | 'Target.HealthCheckDisabled'

/** An Application Load Balancer. */
export interface LoadBalancerRecord {
  readonly arn: string
  readonly name: string
  readonly scheme: 'internet-facing' | 'internal'
  readonly createdAt: number
}

export interface ListenerRecord {
  readonly arn: string
  readonly loadBalancer: string
  readonly port: number
}

export interface RuleRecord {
  readonly arn: string
  readonly listener: string
  /** `default`: the one that a listener always has. */
  readonly priority: string
  conditions: RuleCondition[]
  /** One group, or several with their weights. */
  forward: { targetGroupArn: string; weight: number }[]
}
