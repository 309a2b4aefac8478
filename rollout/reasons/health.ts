import type { Rule } from './rule.ts'

/** Why a task or its target is unhealthy, or was taken away. */
export const healthRules = [
  { kind: 'wrong response code', all: [/failed with these codes|target\.responsecodemismatch/] },
  { kind: 'no response in time', all: [/request timed out|target\.timeout/] },
  { kind: 'target group missing', all: [/target group is not found/] },
  { kind: 'target missing', all: [/target is not found/] },
  { kind: 'load balancer checks failed', all: [/task failed elb health checks/] },
  { kind: 'container checks failed', all: [/failed container health checks/] },
  {
    kind: 'target unhealthy',
    all: [/health checks failed|target\.failedhealthchecks|unhealthythreshold/],
  },
  { kind: 'Spot interruption', all: [/spot task was interrupted|spot interruption/] },
  { kind: 'instance gone', all: [/host ec2/] },
] as const satisfies readonly Rule[]

export type HealthKind = (typeof healthRules)[number]['kind']
