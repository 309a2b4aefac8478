import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { shellExports, stackEnv } from '../../../stack/environment-file.ts'

const stack = {
  temporal: '127.0.0.1:7233',
  temporalConfig: "/tmp/it's $(here)/temporal.toml",
  aws: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  dockerHost: 'unix:///var/run/docker.sock',
  dockerPath: '/usr/bin/docker',
}

test('nothing of the user’s own AWS or Temporal reaches a local stack', () => {
  const env = stackEnv(stack, {
    PATH: '/bin',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'secret',
    AWS_ENDPOINT_URL_ECS: 'https://ecs.example.com',
    TEMPORAL_API_KEY: 'secret',
    TEMPORAL_TLS: 'true',
    TEMPORAL_NAMESPACE: 'production',
  })
  assert.equal(env['PATH'], '/bin')
  assert.equal(env['AWS_ENDPOINT_URL'], 'http://127.0.0.1:4566')
  assert.doesNotMatch(JSON.stringify(env), /secret|production|example/)
})

test('a shell that sources the exports gets exactly those values', () => {
  const folder = "/tmp/it's $(here)/bin"
  const script = `${shellExports(stack, folder)} printf '%s %s' "$TEMPORAL_CONFIG_FILE" "$PATH"`
  const read = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { PATH: '/bin' } })
  assert.equal(read, `${stack.temporalConfig} ${folder}:/bin`)
})
