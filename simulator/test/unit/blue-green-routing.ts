type Call = (operation: string, input: object) => Record<string, unknown>

export interface Colours {
  readonly alternateTargetGroupArn: string
  readonly productionListenerRule: string
  readonly testListenerRule: string
  readonly roleArn: string
}

export const noColours: Colours = {
  alternateTargetGroupArn: '',
  productionListenerRule: '',
  testListenerRule: '',
  roleArn: '',
}

/** Asked each 10 s, healthy after two answers, drains for 30 s. Gives its ARN. */
export function targetGroupNamed(call: Call, Name: string): string {
  const { TargetGroups } = call('CreateTargetGroup', {
    Name,
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 2,
  }) as { TargetGroups: [{ TargetGroupArn: string }] }
  const { TargetGroupArn } = TargetGroups[0]
  call('ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
  })
  return TargetGroupArn
}

/** A second target group, and a rule for production and one for test traffic. */
export function coloursFor(call: Call, targetGroup: string): Colours {
  const alternateTargetGroupArn = targetGroupNamed(call, 'api-other')
  const { LoadBalancers } = call('CreateLoadBalancer', { Name: 'front' }) as {
    LoadBalancers: [{ LoadBalancerArn: string }]
  }
  const forward = [{ Type: 'forward', TargetGroupArn: targetGroup }]
  const { Listeners } = call('CreateListener', {
    LoadBalancerArn: LoadBalancers[0].LoadBalancerArn,
    Port: 443,
    DefaultActions: forward,
  }) as { Listeners: [{ ListenerArn: string }] }
  const { ListenerArn } = Listeners[0]
  const ruleAt = (Priority: number): string => {
    const Conditions = [{ Field: 'path-pattern', Values: ['/*'] }]
    const { Rules } = call('CreateRule', { ListenerArn, Priority, Conditions, Actions: forward })
    return (Rules as [{ RuleArn: string }])[0].RuleArn
  }
  return {
    alternateTargetGroupArn,
    productionListenerRule: ruleAt(1),
    testListenerRule: ruleAt(2),
    roleArn: 'arn:aws:iam::000000000000:role/ecs-load-balancers',
  }
}
