import path from 'node:path'
import { execa } from 'execa'
import { makeOnce } from '../../../local/install/cache.ts'
import { findOnPath } from '../../../local/install/find-on-path.ts'
import { pythonPackages } from '../../peers/pypi.ts'

const actionlintVersion = '1.7.12'
const zizmorVersion = '1.32.0'

/** Building or downloading a linter may take this long; without a limit, the test would hang. */
const limits = { timeout: 300_000, stdin: 'ignore' } as const

/**
 * Path of actionlint, which knows the syntax of workflows: the one on the PATH, or else one in
 * the cache, built with Go from its module.
 */
export async function actionlint(): Promise<string> {
  const onPath = await findOnPath('actionlint')
  if (onPath !== undefined) return onPath
  const go = await findOnPath('go')
  if (go === undefined) {
    throw new Error('found neither actionlint nor Go on the PATH: install one of the two')
  }
  const folder = await makeOnce(`actionlint-${actionlintVersion}`, async (into) => {
    const module = `github.com/rhysd/actionlint/cmd/actionlint@v${actionlintVersion}`
    await execa(go, ['install', module], { ...limits, env: { GOBIN: into } })
  })
  return path.join(folder, 'actionlint')
}

/** Path of zizmor, a security linter for workflows and actions: the one on the PATH, or from PyPI. */
export async function zizmor(): Promise<string> {
  const onPath = await findOnPath('zizmor')
  if (onPath !== undefined) return onPath
  return path.join(await pythonPackages(`zizmor==${zizmorVersion}`), 'bin/zizmor')
}
