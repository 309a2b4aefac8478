import type { SecretKind } from '../../rollout/reasons/secrets.ts'
import { named, networkFix, permissionFix, roleText, type WordsOf } from './words.ts'

const showSecret = (secret: string | undefined): string =>
  `\`aws secretsmanager describe-secret --secret-id ${secret ?? '<secret>'}\``

const secretsEndpoint = networkFix('secretsmanager')

export const secretWords: WordsOf<SecretKind> = {
  'registry credentials unreachable': () => ({
    wrong: 'The task cannot reach Secrets Manager for the credentials of its registry',
    fix: secretsEndpoint,
  }),
  'registry credentials unavailable': ({ secret }) => ({
    wrong: `The credentials of the task’s registry cannot be read from Secrets Manager`,
    fix: `Check repositoryCredentials in the task definition, secretsmanager:GetSecretValue of its execution role, and the network: ${showSecret(secret)}`,
  }),
  'registry token denied': (parts) => ({
    wrong: `ECR gives no registry token, since ${roleText(parts)} may not ask for one`,
    fix: permissionFix(parts, 'ecr:GetAuthorizationToken'),
  }),
  'registry token unreachable': ({ endpoint }) => ({
    wrong: `The task cannot reach ECR${endpoint === undefined ? '' : ` (${endpoint})`} for a registry token`,
    fix: networkFix('ecr.api, ecr.dkr and s3'),
  }),
  'registry token unavailable': () => ({
    wrong: 'The task gets no registry token from ECR',
    fix: `ECS cut its reason short. Check the way from the task’s subnets to ECR first, then ecr:GetAuthorizationToken of its execution role: \`aws ec2 describe-vpc-endpoints\``,
  }),
  'secret key missing': ({ jsonKey }) => ({
    wrong: `A secret of the task has no JSON key${named(jsonKey)}`,
    fix: 'Add the key to the secret, or correct valueFrom under secrets in the task definition, which ends in :<key>::',
  }),
  'secret not JSON': () => ({
    wrong: 'A secret of the task is not JSON, and the task definition asks for a key of it',
    fix: 'Store the secret as JSON, or leave the key out of valueFrom in the task definition',
  }),
  'secret reference invalid': ({ secret }) => ({
    wrong: `The task definition does not name the secret${named(secret)} correctly`,
    fix: 'Write valueFrom as <ARN of the secret>:<key>:<version stage>:<version id>, with all three colons',
  }),
  'secret without value': ({ secret }) => ({
    wrong: `The secret${named(secret)} has no value in the version that the task asks for`,
    fix: `Store a value, or correct the version in valueFrom: ${showSecret(secret)}`,
  }),
  'decryption denied': (parts) => ({
    wrong: `A secret of the task cannot be decrypted, since ${roleText(parts)} may not use its KMS key`,
    fix: 'Allow kms:Decrypt on the key in the role’s policy and in the key’s: `aws kms get-key-policy --key-id <key> --policy-name default`',
  }),
  'secret denied': (parts) => ({
    wrong: `The secret${named(parts.secret)} cannot be read, since ${roleText(parts)} may not`,
    fix: permissionFix(parts, 'secretsmanager:GetSecretValue'),
  }),
  'secret missing': ({ secret }) => ({
    wrong: `The secret${named(secret)} does not exist in the task’s region`,
    fix: `Create it, or correct valueFrom in the task definition: ${showSecret(secret)}`,
  }),
  'secret unreachable': ({ secret }) => ({
    wrong: `The task cannot reach Secrets Manager for the secret${named(secret)}`,
    fix: secretsEndpoint,
  }),
  'parameter missing': ({ parameter }) => ({
    wrong: `Parameter Store has no parameter${named(parameter)}`,
    fix: `Create it, or correct valueFrom in the task definition: \`aws ssm describe-parameters --parameter-filters Key=Name,Values=${parameter ?? '<parameter>'}\``,
  }),
  'parameter denied': (parts) => ({
    wrong: `The parameter${named(parts.parameter)} cannot be read, since ${roleText(parts)} may not`,
    fix: permissionFix(parts, 'ssm:GetParameters'),
  }),
  'parameter unreachable': () => ({
    wrong: 'The task cannot reach Parameter Store for its parameters',
    fix: networkFix('ssm'),
  }),
  'secret unavailable': ({ secret }) => ({
    wrong: `The secret${named(secret)} cannot be read`,
    fix: `ECS cut its reason short. Check that the secret exists, secretsmanager:GetSecretValue of the task’s execution role, and the network: ${showSecret(secret)}`,
  }),
  'parameter unavailable': () => ({
    wrong: 'The task’s parameters cannot be read from Parameter Store',
    fix: 'ECS cut its reason short. Check that they exist, ssm:GetParameters of the task’s execution role, and the network',
  }),
  'secrets or token unavailable': () => ({
    wrong: 'The task gets neither its secrets nor a registry token, and ECS does not say why',
    fix: networkFix('ecr.api, ecr.dkr, s3, secretsmanager and ssm'),
  }),
}
