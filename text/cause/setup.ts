import type { SetupKind } from '../../rollout/reasons/setup.ts'
import { named, networkFix, permissionFix, roleText, type WordsOf } from './words.ts'

const showMountTargets = (fileSystem: string | undefined): string =>
  `\`aws efs describe-mount-targets --file-system-id ${fileSystem ?? '<file system>'}\``

export const setupWords: WordsOf<SetupKind> = {
  'role not assumable': (parts) => ({
    wrong: `ECS cannot assume ${parts.role === undefined ? 'the role of the task' : roleText(parts)}`,
    fix: `Let ecs-tasks.amazonaws.com assume it in its trust policy: \`aws iam get-role --role-name ${parts.role ?? '<role>'}\``,
  }),
  'service permissions missing': () => ({
    wrong: 'ECS lacks permissions to maintain the service',
    fix: 'Restore the policies of the roles of the service and of ECS: `aws iam get-role --role-name AWSServiceRoleForECS`',
  }),
  'environment file denied': (parts) => ({
    wrong: `The task’s environment file cannot be read from S3, since ${roleText(parts)} may not`,
    fix: permissionFix(parts, 's3:GetObject and s3:GetBucketLocation'),
  }),
  'environment file unreachable': () => ({
    wrong: 'The task cannot reach S3 for its environment file',
    fix: networkFix('s3'),
  }),
  'environment file unavailable': () => ({
    wrong: 'The task’s environment file cannot be read from S3',
    fix: 'Check environmentFiles in the task definition, that the object exists, and s3:GetObject of the task’s execution role',
  }),
  'FireLens not set up': () => ({
    wrong: 'The task’s log router (FireLens) cannot be set up',
    fix: 'Check firelensConfiguration in the task definition, and s3:GetObject and s3:GetBucketLocation of the task’s execution role if its file is in S3',
  }),
  'logs unreachable': () => ({
    wrong: 'The task cannot reach CloudWatch Logs',
    fix: networkFix('logs'),
  }),
  'logs denied': (parts) => ({
    wrong: `The task’s logs cannot be set up, since ${roleText(parts)} may not write them`,
    fix: permissionFix(parts, 'logs:CreateLogStream and logs:PutLogEvents'),
  }),
  'log group missing': () => ({
    wrong: 'The log group of the task definition does not exist in its awslogs-region',
    fix: 'Create it: `aws logs create-log-group --log-group-name <awslogs-group>`',
  }),
  'log region wrong': () => ({
    wrong: 'awslogs-region in the task definition is not a region, or missing',
    fix: 'Write the region’s code there, such as eu-west-1',
  }),
  'logs not set up': () => ({
    wrong: 'The task’s logs cannot be set up',
    fix: 'Check logConfiguration in the task definition, logs:CreateLogStream of the task’s execution role, and the way to CloudWatch Logs: `aws logs describe-log-groups`',
  }),
  'file system unresolved': ({ fileSystem }) => ({
    wrong: `The name of the EFS file system${named(fileSystem)} does not resolve in the task’s VPC`,
    fix: `Give it a mount target in the task’s Availability Zones, and turn on DNS in the VPC: ${showMountTargets(fileSystem)}`,
  }),
  'file system denied': ({ fileSystem }) => ({
    wrong: `The EFS file system${named(fileSystem)} denies the mount`,
    fix: `Allow elasticfilesystem:ClientMount to the task’s role in its policy: \`aws efs describe-file-system-policy --file-system-id ${fileSystem ?? '<file system>'}\``,
  }),
  'file system folder missing': ({ fileSystem }) => ({
    wrong: `The EFS file system${named(fileSystem)} has no folder rootDirectory`,
    fix: 'Create the folder, or use an access point that creates it',
  }),
  'file system unreachable': ({ fileSystem }) => ({
    wrong: `The task cannot reach the EFS file system${named(fileSystem)}`,
    fix: `Let the security group of its mount targets admit port 2049 from the tasks: ${showMountTargets(fileSystem)}`,
  }),
  'file system not mounted': ({ fileSystem }) => ({
    wrong: `The EFS file system${named(fileSystem)} cannot be mounted`,
    fix: `Check its mount targets, their security group and its policy: ${showMountTargets(fileSystem)}`,
  }),
  'network interface late': () => ({
    wrong: 'The task’s network interface was not ready in time',
    fix: 'EC2 is mostly the reason, and the next task starts; if not, replace the container instance',
  }),
  'subnet full': ({ subnet }) => ({
    wrong: `The subnet${named(subnet)} has no free address for the task`,
    fix: `Give the service a subnet with free addresses: \`aws ec2 describe-subnets --subnet-ids ${subnet ?? '<subnet>'}\``,
  }),
  'network interface refused': ({ subnet }) => ({
    wrong: 'The task gets no network interface',
    fix: `Check the free addresses of its subnet, the instance’s interfaces, and EC2’s own reason: \`aws ec2 describe-subnets --subnet-ids ${subnet ?? '<subnet>'}\``,
  }),
}
