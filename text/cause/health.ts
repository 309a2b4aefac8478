import type { HealthKind } from '../../rollout/reasons/health.ts'
import type { WordsOf } from './words.ts'

/** What is wrong comes before the reason itself, which these sentences quote. */
export const healthWords: WordsOf<HealthKind> = {
  'wrong response code': () => ({
    wrong: 'The health check fails',
    fix: 'Check the path and the success codes of the target group’s health check, and what the program answers there',
  }),
  'no response in time': () => ({
    wrong: 'The health check fails',
    fix: 'Check that the program listens on the target’s port on all addresses, that its security group admits the load balancer, and its healthCheckGracePeriodSeconds',
  }),
  'target group missing': () => ({
    wrong: 'The target group of the service is gone',
    fix: 'Make the service anew with a target group that exists: `aws elbv2 describe-target-groups`',
  }),
  'target missing': () => ({
    wrong: 'The task is not in the target group any more',
    fix: 'Find out who deregistered it: `aws elbv2 describe-target-health --target-group-arn <ARN>`',
  }),
  'load balancer checks failed': () => ({
    wrong: 'The load balancer’s health checks of the task failed',
    fix: 'Check path, port and security groups, and whether healthCheckGracePeriodSeconds lets the program start: `aws elbv2 describe-target-health --target-group-arn <ARN>`',
  }),
  'container checks failed': () => ({
    wrong: 'The container’s own health check failed',
    fix: 'Run healthCheck.command of the task definition in the image, which must have its programs, and check startPeriod',
  }),
  'target unhealthy': () => ({
    wrong: 'The health check fails',
    fix: 'The connection is refused or the answer is malformed: check the port, the protocol and that the program runs',
  }),
  'Spot interruption': () => ({
    wrong: 'AWS took back the Spot capacity of a task',
    fix: 'Deploy again, or add FARGATE or on-demand instances to the capacity providers of the service',
  }),
  'instance gone': () => ({
    wrong: 'The container instance of a task was stopped or terminated',
    fix: 'Deploy again; drain instances before they go: `aws ecs update-container-instances-state --status DRAINING`',
  }),
}
