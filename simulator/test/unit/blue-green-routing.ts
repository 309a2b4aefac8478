type Call = (operation: string, input: object) => Record<string, unknown>

export interface BlueGreenRouting {
  readonly alternateTargetGroupArn: string
  readonly productionListenerRule: string
  readonly testListenerRule: string
  readonly roleArn: string
}

export const noRouting: BlueGreenRouting = {
  alternateTargetGroupArn: '',
  productionListenerRule: '',
  testListenerRule: '',
  roleArn: '',
}

/** Checked every 10 s, healthy after two good answers, drains for 30 s. Returns its ARN. */
export function createTargetGroup(call: Call, Name: string): string {
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

/** Creates a second target group, and a rule each for production and test traffic. */
export function createRouting(call: Call, targetGroup: string): BlueGreenRouting {
  const alternateTargetGroupArn = createTargetGroup(call, 'api-other')
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
