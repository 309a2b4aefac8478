import type { EmbeddedRole } from '../embedded-worker.ts'
import { partitionOf } from '../../contract/partition.ts'
import { pinnedActions } from './pinned-actions.ts'

export interface WorkflowFile {
  /** In `slipway.yaml`; the GitHub environment has the same name. */
  readonly environment: string
  /** Its pushes are deployed. */
  readonly branch: string
  /** Path in the repository. Default: `slipway.yaml` */
  readonly config?: string
  /** Default: the variable AWS_REGION */
  readonly region?: string
  /** Default: the variable AWS_ROLE_ARN */
  readonly roleArn?: string
  /** Work that the job does besides requesting the release. Default: none */
  readonly role?: EmbeddedRole
  /** Version of Slipway's npm packages. */
  readonly version: string
}

/** The command times out first: it reports that the release continues; the runner would not. */
const commandMinutes = 60
const jobMinutes = commandMinutes + 15

/**
 * A workflow file that deploys every push to a branch. The caller validates every field: they become
 * part of YAML and of a shell command.
 */
export function workflowFile(workflow: WorkflowFile): string {
  const { environment, branch, region, roleArn } = workflow
  return `# Deploys every push to ${branch}. Written by \`slipway init github\`; change it as you like.
name: Deploy ${environment}

on:
  push:
    branches: [${quoted(branch)}]
  workflow_dispatch:

permissions: {}

# One job at a time; of the waiting ones, GitHub keeps the newest. A running job is not cancelled: its
# release would continue, and nobody would see how it ends.
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
      id-token: write # short-lived AWS credentials instead of keys
    steps:
      - uses: ${pinned('checkout')}
        with:
          persist-credentials: false
      - uses: ${pinned('setupNode')}
        with:
          node-version: '24'
          package-manager-cache: false
      # ${awsComments[workflow.role ?? 'none']}
      - uses: ${pinned('awsCredentials')}
        with:
          role-to-assume: ${roleArn === undefined ? variable('AWS_ROLE_ARN') : quoted(roleArn)}
          aws-region: ${region === undefined ? variable('AWS_REGION') : quoted(region)}${audienceOf(workflow)}
      - name: Deploy
        # GitHub signals only the first process of a cancelled job: exec makes Slipway that process.
        run: |
          slipway=$(npx --yes ${packagesOf(workflow)} -c 'command -v slipway')
          ${commandOf(workflow)}
        env:
          TEMPORAL_ADDRESS: ${variable('TEMPORAL_ADDRESS')}
          TEMPORAL_NAMESPACE: ${variable('TEMPORAL_NAMESPACE')}
          TEMPORAL_UI_URL: ${variable('TEMPORAL_UI_URL')}
          TEMPORAL_API_KEY: \${{ secrets.TEMPORAL_API_KEY }}
`
}

/** What must be set up before the workflow works. */
export function stepsToSetUp({ environment, region, roleArn }: WorkflowFile): readonly string[] {
  return [
    `GitHub environment "${environment}" (Settings → Environments), with these variables and secrets:`,
    'variable TEMPORAL_ADDRESS: host and port of Temporal',
    'variable TEMPORAL_NAMESPACE, if it is not "default"',
    'variable TEMPORAL_UI_URL, for links to releases, such as https://cloud.temporal.io',
    'secret TEMPORAL_API_KEY, if Temporal requires one',
    ...(roleArn === undefined
      ? ['variable AWS_ROLE_ARN: a role that trusts token.actions.githubusercontent.com']
      : []),
    ...(region === undefined ? ['variable AWS_REGION'] : []),
    ...(region === undefined && roleArn === undefined
      ? ['in China also, beside aws-region in the workflow: audience: sts.amazonaws.com.cn']
      : []),
  ]
}

/**
 * STS in China answers "Incorrect token audience" to a token for the action's default audience
 * (README of aws-actions/configure-aws-credentials, "OIDC Audience").
 */
function audienceOf({ region, roleArn }: WorkflowFile): string {
  return isInChina(region, roleArn) ? '\n          audience: sts.amazonaws.com.cn' : ''
}

function isInChina(region: string | undefined, roleArn: string | undefined): boolean {
  const partition = region === undefined ? roleArn?.split(':')[1] : partitionOf(region)
  return partition === 'aws-cn'
}

/** A job that builds or runs a worker also needs the worker's package. */
function packagesOf({ role, version }: WorkflowFile): string {
  const names = role === undefined ? ['slipway'] : ['slipway', 'slipway-worker']
  return names.map((name) => `--package=${name}@${version}`).join(' ')
}

function commandOf({ environment, config, role }: WorkflowFile): string {
  return [
    `exec "$slipway" deploy ${environment}`,
    '--commit "$GITHUB_SHA"',
    `--timeout ${commandMinutes}m`,
    ...(role === undefined ? [] : [`--${role}-here`]),
    ...(config === undefined ? [] : [`--config ${config}`]),
  ].join(' ')
}

/** Why the job needs AWS credentials. */
const awsComments: Readonly<Record<EmbeddedRole | 'none', string>> = {
  none: 'Your worker has its own role: remove this step, unless other steps use AWS.',
  build: 'For pushing images. Your worker does the rest, with its own role.',
  worker: 'For everything that a release does in AWS: this job runs its own worker.',
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
