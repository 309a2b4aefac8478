import type { ReasonParts } from '../../rollout/reasons/parts.ts'

/** What is wrong, in a sentence without its full stop, and what to do about it, in sentences. */
export interface ReasonWords {
  readonly wrong: string
  readonly fix: string
}

/** The words for each kind of reason, made from the parts of it that ECS named. */
export type WordsOf<Kind extends string> = Readonly<
  Record<Kind, (parts: ReasonParts) => ReasonWords>
>

export function roleText({ role }: ReasonParts): string {
  return role === undefined ? 'the task’s execution role' : `role ${role}`
}

/** What lets a task reach AWS from its subnets. */
export function networkFix(endpoints: string): string {
  return `Give the task’s subnets a NAT gateway, its tasks a public IP, or the VPC endpoints ${endpoints} with a security group that admits port 443: \`aws ec2 describe-vpc-endpoints\``
}

/** Adds a permission to the role that was denied it. */
export function permissionFix(parts: ReasonParts, action: string): string {
  const role = parts.role ?? '<role>'
  return `Allow ${parts.action ?? action} in the policies of ${roleText(parts)}: \`aws iam list-attached-role-policies --role-name ${role}\``
}

/** ` api` if it has a name, else nothing. */
export function named(name: string | undefined): string {
  return name === undefined ? '' : ` ${name}`
}
