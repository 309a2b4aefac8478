import { type Command, InvalidArgumentError, Option } from 'commander'
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
    'Write a GitHub Actions workflow that deploys each push: a short-lived AWS role instead of keys, pinned actions, one job at a time. Says what is left to fill in.',
    [
      'slipway init github',
      'slipway init github --environment production --build-here',
      'slipway init github --environment staging --output .github/workflows/staging.yml',
    ],
  )
    .option(
      '--environment <name>',
      'environment in slipway.yaml (default: the only one, else production)',
    )
    .option('--branch <name>', 'pushes to it are deployed', parse('branch'), 'main')
    .option(
      '--region <region>',
      'AWS region (default: the environment’s in slipway.yaml, else the variable AWS_REGION)',
      parse('region'),
    )
    .option(
      '--role-arn <arn>',
      'AWS role that the job takes (default: the variable AWS_ROLE_ARN)',
      parse('roleArn'),
    )
    .option('--build-here', 'the job checks, builds and pushes itself')
    .addOption(
      new Option('--worker-here', 'the job is its own worker, where there is no other').conflicts(
        'buildHere',
      ),
    )
    .option('--output <file>', 'path in the repository', workflowPath)
    .option('--force', 'overwrite what is there')
    .action(run)
  return group('init', 'Write the files that other services need', [withConfig(github)])
}

/** What ends up in YAML and in a shell command is of a form that means nothing in either. */
const forms = {
  branch: { form: /^[A-Za-z0-9][\w./-]{0,99}$/, what: 'the name of a branch' },
  region: { form: /^[a-z]{2}(-[a-z]+){1,3}-\d{1,2}$/, what: 'a region such as eu-west-1' },
  roleArn: {
    form: /^arn:aws(-[a-z-]+)?:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    what: 'the ARN of a role: arn:aws:iam::123456789012:role/deploy',
  },
} as const

function parse(name: keyof typeof forms) {
  return (text: string): string => {
    const { form, what } = forms[name]
    if (form.test(text)) return text
    throw new InvalidArgumentError(`Expected ${what}.`)
  }
}

async function run(options: InitOptions): Promise<void> {
  const { writeWorkflow } = await import('../github/write-workflow.ts')
  const { print } = await import('../output.ts')
  const { buildHere = false, workerHere = false, ...rest } = options
  const here = buildHere ? 'build' : workerHere ? 'worker' : 'nothing'
  const { path, left } = await writeWorkflow({ ...rest, here })
  print(`Wrote ${path}. Left to do:\n${left.map((one) => `  - ${one}`).join('\n')}`)
}
