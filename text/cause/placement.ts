import type { PlacementKind } from '../../rollout/reasons/placement.ts'
import { named, type WordsOf } from './words.ts'

export const placementWords: WordsOf<PlacementKind> = {
  'no container instances': () => ({
    wrong: 'There is no capacity: the cluster has no container instances',
    fix: 'Start some, or give the service a capacity provider: `aws ecs list-container-instances --cluster <cluster>`',
  }),
  'agent disconnected': () => ({
    wrong: 'There is no capacity: the ECS agent of a container instance is disconnected',
    fix: 'Restart it on the instance: `sudo systemctl restart ecs`',
  }),
  'host port taken': () => ({
    wrong: 'There is no capacity: every container instance uses the task’s host port already',
    fix: 'Set hostPort to 0 in the task definition, use awsvpc, or add instances',
  }),
  'too few resources': ({ resource }) => ({
    wrong: `There is no capacity: the container instances have too little${named(resource)} left for the task`,
    fix: 'Add instances, or ask for less in the task definition: `aws ecs describe-container-instances --cluster <cluster> --container-instances <id>`',
  }),
  'quota reached': () => ({
    wrong: 'There is no capacity: a quota of the account is reached',
    fix: 'Ask for more: `aws service-quotas list-service-quotas --service-code fargate`',
  }),
  'capacity unavailable': () => ({
    wrong: 'There is no capacity: AWS has none left in the service’s Availability Zones',
    fix: 'Add subnets in other zones to the service, or wait; with Fargate Spot, add FARGATE to the capacity providers',
  }),
  'percentages too tight': () => ({
    wrong:
      'The rollout is stuck, since minimumHealthyPercent and maximumPercent leave no room for a new task',
    fix: 'Raise maximumPercent or lower minimumHealthyPercent: `aws ecs update-service --service <service> --deployment-configuration …`',
  }),
  'tasks protected': () => ({
    wrong: 'The rollout is stuck, since more tasks are protected than the service wants',
    fix: 'Wait for the end of the protection, or lift it: `aws ecs update-task-protection --no-protection-enabled`',
  }),
  'service throttled': () => ({
    wrong: 'AWS throttles what ECS does for the service',
    fix: 'Wait; if it lasts, ask AWS Support for a higher API rate',
  }),
  'zone unsupported': () => ({
    wrong:
      'ECS cannot place a task, perhaps since Fargate is not in the Availability Zone of a subnet',
    fix: 'Use subnets in zones that have Fargate: `aws ec2 describe-subnets`',
  }),
  'compute incompatible': () => ({
    wrong: 'The task definition does not fit the launch type or capacity provider of the service',
    fix: 'Correct requiresCompatibilities in the task definition, or the capacity provider of the service',
  }),
  'task not placed': () => ({
    wrong: 'ECS cannot place a task',
    fix: 'Its own words follow: `aws ecs describe-services --services <service> --query services[].events`',
  }),
  'tasks keep failing': () => ({
    wrong: 'ECS cannot start tasks',
    fix: 'Look at those that stopped within the last hour: `aws ecs list-tasks --desired-status STOPPED --service-name <service>`',
  }),
}
