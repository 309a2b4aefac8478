import { z } from 'zod'
import { repositoryPattern } from '../contract/ecr-repository.ts'
import { duration } from './duration.ts'

const relativePath = z
  .string()
  .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/, 'a path inside the repository, without ".."')

/** An image as `slipway.yaml` has it. */
export const image = z
  .strictObject({
    repository: z
      .string()
      .regex(
        repositoryPattern,
        'the name of an ECR repository ("team/hello") or its address ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/hello", without a tag); no other registry is supported',
      )
      .describe(
        'The ECR repository: its name, in the registry of the account and region of the environment, or its address `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, in the registry of any account and region.',
      ),
    dockerfile: relativePath
      .default('Dockerfile')
      .describe('Path of the Dockerfile in the repository.'),
    context: relativePath.default('.').describe('Path of the build context in the repository.'),
    target: z
      .string()
      .min(1)
      .optional()
      .describe('Stage of a multi-stage Dockerfile. Default: the last one.'),
    platform: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Platform to build for, for example `linux/arm64`; several are separated by commas. Default: that of the task definitions of the services that run the image; where they do not say it, that of the Docker engine.',
      ),
    args: z
      .record(z.string(), z.string())
      .default({})
      .describe('Build arguments. Not for secrets: they stay in the image.'),
    timeout: duration.prefault('45m').describe('How long the build may take.'),
  })
  .describe('An image to build. It is tagged `<image>-<commit>` and `<image>-latest`.')
