import { pinnedActions } from './pinned-actions.ts'

export interface WorkflowFile {
  /** In `slipway.yaml`, and the GitHub environment of the same name. */
  readonly environment: string
  /** Pushes to it are deployed. */
  readonly branch: string
  /** Path in the repository, where the configuration is not at its top. */
  readonly config?: string
  /** Left out: the variable AWS_REGION. */
  readonly region?: string
  /** Left out: the variable AWS_ROLE_ARN. */
  readonly roleArn?: string
  /** What the job does itself, beside asking. */
  readonly here: 'nothing' | 'build' | 'worker'
  /** Version of Slipway's npm packages. */
  readonly version: string
}

/** The command gives up first: it says that the release goes on, and the runner would not. */
const commandMinutes = 60
const jobMinutes = commandMinutes + 15

/**
 * A workflow file that deploys each push to a branch. Every field is to be validated before: what
 * stands in it becomes part of YAML and of a shell command.
 */
export function workflowFile(about: WorkflowFile): string {
  const { environment, branch, region, roleArn } = about
  return `# Deploys each push to ${branch}. Made by \`slipway init github\`, and yours to change.
name: Deploy ${environment}

on:
  push:
    branches: [${quoted(branch)}]
  workflow_dispatch:

permissions: {}

# One job at a time; of those that wait GitHub keeps the newest. A job that runs is left alone: the
# release would go on without it, and nobody would see how it ends.
concurrency:
  group: ${quoted(`deploy-${environment}`)}
  cancel-in-progress: false

jobs:
  deploy:
    name: Deploy ${environment}
    runs-on: ubuntu-24.04
    timeout-minutes: ${jobMinutes}
    environment: ${quoted(environment)}
    permissions:
      contents: read
      id-token: write # a short-lived role in AWS instead of keys
    steps:
      - uses: ${pinned('checkout')}
        with:
          persist-credentials: false
      - uses: ${pinned('setupNode')}
        with:
          node-version: '24'
          package-manager-cache: false
${needOfAws(about)}
      - uses: ${pinned('awsCredentials')}
        with:
          role-to-assume: ${roleArn === undefined ? variable('AWS_ROLE_ARN') : quoted(roleArn)}
          aws-region: ${region === undefined ? variable('AWS_REGION') : quoted(region)}
      - name: Deploy
        # A job that is cancelled tells its first process only: exec makes that one Slipway.
        run: |
          slipway=$(npx --yes ${packagesOf(about)} -c 'command -v slipway')
          ${commandOf(about)}
        env:
          TEMPORAL_ADDRESS: ${variable('TEMPORAL_ADDRESS')}
          TEMPORAL_NAMESPACE: ${variable('TEMPORAL_NAMESPACE')}
          TEMPORAL_UI_URL: ${variable('TEMPORAL_UI_URL')}
          TEMPORAL_API_KEY: \${{ secrets.TEMPORAL_API_KEY }}
`
}

/** What the one who made the file has to do before it works. */
export function whatToFillIn({ environment, region, roleArn }: WorkflowFile): readonly string[] {
  return [
    `a GitHub environment "${environment}", whose variables and secrets these are (Settings → Environments)`,
    'variable TEMPORAL_ADDRESS: host and port of Temporal',
    'variable TEMPORAL_NAMESPACE, where it is not "default"',
    'variable TEMPORAL_UI_URL, for links to releases: https://cloud.temporal.io',
    'secret TEMPORAL_API_KEY, where Temporal asks for one',
    ...(roleArn === undefined
      ? ['variable AWS_ROLE_ARN: a role that trusts token.actions.githubusercontent.com']
      : []),
    ...(region === undefined ? ['variable AWS_REGION'] : []),
  ]
}

/** A job that builds, or that is its own worker, needs the worker's package, too. */
function packagesOf({ here, version }: WorkflowFile): string {
  const names = here === 'nothing' ? ['slipway'] : ['slipway', 'slipway-worker']
  return names.map((name) => `--package=${name}@${version}`).join(' ')
}

function commandOf({ environment, config, here }: WorkflowFile): string {
  return [
    `exec "$slipway" deploy ${environment}`,
    '--commit "$GITHUB_SHA"',
    `--timeout ${commandMinutes}m`,
    ...(here === 'nothing' ? [] : [`--${here}-here`]),
    ...(config === undefined ? [] : [`--config ${config}`]),
  ].join(' ')
}

function needOfAws({ here }: WorkflowFile): string {
  switch (here) {
    case 'nothing':
      return '      # Your worker has a role of its own: leave this out where no other step asks AWS.'
    case 'build':
      return '      # For pushing images: the rest is done by your worker, with a role of its own.'
    case 'worker':
      return '      # For all that a release does in AWS: the job is its own worker.'
  }
}

function pinned(action: keyof typeof pinnedActions): string {
  const { uses, version } = pinnedActions[action]
  return `${uses} # ${version}`
}

function variable(name: string): string {
  return `\${{ vars.${name} }}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
