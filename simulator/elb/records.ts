import type { RuleCondition, Tag, TargetTypeEnum } from '@aws-sdk/client-elastic-load-balancing-v2'

/** How a target group checks its targets, in the units of the ELBv2 API. */
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
  /** The address of the target; `port` is the port there that leads to the container. */
  readonly id: string
  readonly port: number
  readonly containerPort: number
  /** `unavailable`: health checks are disabled. */
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unavailable'
  reason?: TargetReason
  description?: string
  readonly registeredAt: number
  /** Consecutive answers of one kind. */
  successes: number
  failures: number
  nextProbeAt: number
  /** When it is removed from the target group. Milliseconds since the epoch. */
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
  /** `default` for the rule that every listener has. */
  readonly priority: string
  conditions: RuleCondition[]
  /** One target group, or several with weights. */
  forward: { targetGroupArn: string; weight: number }[]
}
