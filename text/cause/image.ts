import type { ReasonParts } from '../../rollout/reasons/parts.ts'
import type { ImageKind } from '../../rollout/reasons/image.ts'
import { networkFix, permissionFix, roleText, type WordsOf } from './words.ts'

const registryText = ({ registry }: ReasonParts): string =>
  registry === undefined ? 'its registry' : `the registry ${registry}`

const imageText = ({ image }: ReasonParts): string =>
  image === undefined
    ? 'The image'
    : `The image ${image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+/i, '$1…')}`

const cannot = (parts: ReasonParts, why: string): string =>
  `${imageText(parts)} cannot be pulled: ${why}`

export const imageWords: WordsOf<ImageKind> = {
  'pull rate limited': (parts) => ({
    wrong: cannot(parts, `${registryText(parts)} limits how often it may be pulled`),
    fix: 'Copy the image to ECR, use a pull through cache, or log in to the registry with repositoryCredentials',
  }),
  'disk full': () => ({
    wrong: 'The disk is full: there is no room for the image or its container',
    fix: 'On Fargate raise ephemeralStorage in the task definition; on EC2 free the instance’s disk or enlarge it: `docker system df`',
  }),
  'image of another platform': ({ platform }) => ({
    wrong: `The image is not made for the task’s platform${platform === undefined ? '' : ` ${platform}`}`,
    fix: 'Build it for that platform (docker build --platform), or change runtimePlatform in the task definition',
  }),
  'image unreadable': (parts) => ({
    wrong: cannot(parts, 'its layers are of a kind that the platform does not read'),
    fix: 'Build it with one kind of compression for all layers, and without attestations: docker buildx build --provenance=false',
  }),
  'registry unreachable': (parts) => ({
    wrong: cannot(parts, `the task cannot reach ${registryText(parts)}`),
    fix: networkFix('ecr.api, ecr.dkr and s3 (for ECR only)'),
  }),
  'image layers unreachable': (parts) => ({
    wrong: cannot(parts, 'the task cannot fetch its layers, which ECR keeps in S3'),
    fix: networkFix('ecr.dkr and s3'),
  }),
  'registry login refused': (parts) => ({
    wrong: cannot(parts, `${registryText(parts)} does not accept the task’s login, or got none`),
    fix: 'Check repositoryCredentials in the task definition; for ECR, ecr:GetAuthorizationToken of the task’s execution role',
  }),
  'pull denied': (parts) => ({
    wrong: cannot(
      parts,
      `${roleText(parts)}${parts.role === undefined ? ' (on EC2 the instance’s)' : ''} may not`,
    ),
    fix:
      parts.policy === 'resource-based'
        ? `Allow ${parts.action ?? 'ecr:BatchGetImage'} to the role in the policy of the repository: \`aws ecr get-repository-policy --repository-name <repository>\``
        : permissionFix(parts, 'ecr:BatchGetImage and ecr:GetDownloadUrlForLayer'),
  }),
  'image missing or private': (parts) => ({
    wrong: cannot(
      parts,
      `${registryText(parts)} has no such repository, or does not let the task in`,
    ),
    fix: 'Check the name of the image in the task definition; for a private registry, repositoryCredentials',
  }),
  'image missing': (parts) => ({
    wrong: cannot(parts, 'it is not in the registry'),
    fix: 'Push it again, or deploy an image that is there: `aws ecr describe-images --repository-name <repository>`',
  }),
  'pull failed': (parts) => ({
    wrong: cannot(parts, 'ECS does not say clearly why'),
    fix: 'Pull it where you are, then check the task’s execution role and the way from its subnets to the registry',
  }),
}
