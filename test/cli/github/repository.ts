import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../temporary-folder.ts'
import { git, runSlipway } from '../cli-fixture.ts'

export const workflow = '.github/workflows/deploy.yml'
const nowhere = '127.0.0.1:1'

/** A repository with a configuration, for which `slipway init github` writes a workflow. */
export async function repository(
  environments = 'production: { cluster: mailman, region: eu-west-1 }',
) {
  const folder = temporaryFolder()
  await git(folder, 'init', '-q')
  await writeFile(
    join(folder, 'slipway.yaml'),
    `project: mailman
images:
  api: { repository: mailman }
services:
  api: { service: mailman-api }
environments:
  ${environments}
`,
  )
  return {
    folder,
    init: (...args: readonly string[]) => runSlipway(folder, nowhere, ['init', 'github', ...args]),
    read: (path = workflow) => readFile(join(folder, path), 'utf8'),
  }
}
