import type { ExampleEnvironment } from './example-environment.ts'
import { deregister, registerLostImage } from './interventions.ts'
import type { LocalStack } from './local-stack.ts'

interface ImpossibleRollback {
  readonly title: string
  /** Prepares the impossible target, and returns the arguments after the environment. */
  readonly target: (stack: LocalStack, example: ExampleEnvironment) => Promise<readonly string[]>
  readonly expected: RegExp
}

/** Rollbacks of an environment without a release, each with the expected message. */
export const impossibleRollbacks: readonly ImpossibleRollback[] = [
  {
    title: 'with nothing to roll back to',
    target: async () => [],
    expected: /There is nothing to roll back to: no release has succeeded/,
  },
  {
    title: 'to a revision that does not exist',
    target: async (_stack, { environment }) => ['--to', `${environment}-api:99`],
    expected: /There is no task definition [\w-]+:99\. List the available ones: slipway revisions/,
  },
  {
    title: 'to a revision that is inactive',
    async target(stack, example) {
      const revision = await registerLostImage(stack, example)
      await deregister(stack, revision)
      return ['--to', revision]
    },
    expected: /-api:\d+ is INACTIVE: it was deregistered, and ECS does not deploy it\./,
  },
  {
    title: 'to a revision of another family',
    target: async () => ['--to', 'hello-api:1'],
    expected: /hello-api:1 belongs to family "hello-api", which no service of \w+ runs/,
  },
  {
    title: 'to a revision whose image is gone from the registry',
    target: async (stack, example) => ['--to', await registerLostImage(stack, example)],
    expected: /-api:\d+ runs image .*@sha256:0{64}, which is gone from the registry/,
  },
]
