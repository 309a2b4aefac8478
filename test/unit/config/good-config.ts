import assert from 'node:assert/strict'
import { parseConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../config/problem.ts'

/** The smallest valid configuration. */
export const good = `project: hello
images:
  api: { repository: hello }
services:
  api: { service: hello-api }
environments:
  production: { cluster: hello }
`

/** The messages of the error that a configuration causes. */
export function problems(text: string): readonly string[] {
  try {
    parseConfig(text, 'slipway.yaml')
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message.split('\n')
  }
  return []
}
