import { type Command, InvalidArgumentError, Option } from 'commander'
import { partitionOf } from '../../contract/partition.ts'
import { type CommonOptions, command, group, withConfig } from './command.ts'

interface InitOptions extends CommonOptions {
  readonly environment?: string
  readonly branch: string
  readonly region?: string
  readonly roleArn?: string
  readonly buildHere?: boolean
  readonly workerHere?: boolean
  readonly output: string
  readonly force?: boolean
}

const workflowPath = '.github/workflows/deploy.yml'

export function initCommand(): Command {
  const github = command(
    'github',
    'Write a GitHub Actions workflow that deploys every push: short-lived AWS credentials instead of keys, pinned actions, one job at a time. Lists what is left to set up.',
    [
      'slipway init github',
      'slipway init github --environment production --build-here',
      'slipway init github --environment staging --output .github/workflows/staging.yml',
    ],
  )
    .option(
      '--environment <name>',
      'environment in slipway.yaml (default: the only one, or else production)',
    )
    .option('--branch <name>', 'branch whose pushes are deployed', parse('branch'), 'main')
    .option(
      '--region <region>',
      'AWS region (default: the environment’s in slipway.yaml, or else the variable AWS_REGION)',
      parse('region'),
    )
    .option(
      '--role-arn <arn>',
      'AWS role that the job assumes (default: the variable AWS_ROLE_ARN)',
      parse('roleArn'),
    )
    .option('--build-here', 'check, build and push in the job')
    .addOption(
      new Option('--worker-here', 'run a worker in the job, if there is no other').conflicts(
        'buildHere',
      ),
    )
    .option('--output <file>', 'path of the workflow in the repository', workflowPath)
    .option('--force', 'overwrite an existing file')
    .action(run)
  return group('init', 'Write configuration for other services.', [withConfig(github)])
}

/** These values become part of YAML and of a shell command, so special characters are rejected. */
const formats = {
  branch: {
    isValid: (text: string) => /^[A-Za-z0-9][\w./-]{0,99}$/.test(text),
    expected: 'the name of a branch',
  },
  region: {
    isValid: (text: string) => partitionOf(text) !== undefined,
    expected: 'a region of AWS such as eu-west-1',
  },
  roleArn: {
    isValid: (text: string) =>
      /^arn:aws(-[a-z-]+)?:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(text),
    expected: 'the ARN of a role: arn:aws:iam::123456789012:role/deploy',
  },
} as const

function parse(name: keyof typeof formats) {
  return (text: string): string => {
    const { isValid, expected } = formats[name]
    if (isValid(text)) return text
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
}

async function run(options: InitOptions): Promise<void> {
  const { writeWorkflow } = await import('../github/write-workflow.ts')
  const { print } = await import('../output.ts')
  const { buildHere, workerHere, ...rest } = options
  const role = buildHere ? 'build' : workerHere ? 'worker' : undefined
  const { path, setUp } = await writeWorkflow({ ...rest, ...(role && { role }) })
  print(`Wrote ${path}. Still to set up:\n${setUp.map((one) => `  - ${one}`).join('\n')}`)
}
