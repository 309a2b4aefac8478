import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isEnvironmentSpec, type EnvironmentSpec } from '../../../contract/environment-spec.ts'
import { parseConfig } from '../../../config/load.ts'
import { resolveEnvironment } from '../../../config/resolve.ts'
import { good } from '../config/good-config.ts'

function resolved(): EnvironmentSpec {
  const { config } = parseConfig(good, 'slipway.yaml')
  return resolveEnvironment(config, 'production', { repository: '/src' })
}

describe('the spec of an environment', () => {
  test('is what a configuration resolves to, also after its way through JSON', () => {
    assert.ok(isEnvironmentSpec(resolved()))
    assert.ok(isEnvironmentSpec(JSON.parse(JSON.stringify(resolved()))))
  })

  test('has every field that is not optional', () => {
    for (const field of Object.keys(resolved())) {
      const { [field as keyof EnvironmentSpec]: value, ...rest } = resolved()
      const isOptional = ['failure', 'links', 'notifications'].includes(field)
      assert.equal(
        isEnvironmentSpec(rest),
        isOptional,
        `without ${field}: ${JSON.stringify(value)}`,
      )
    }
  })

  test('may have fields of a newer version', () => {
    assert.ok(isEnvironmentSpec({ ...resolved(), newer: { setting: true } }))
  })

  test('is typed by its check', () => {
    const spec = resolved()
    const region: string | undefined = spec.aws.region
    const policy: 'supersede' | 'queue' | 'reject' = spec.admission.policy
    // @ts-expect-error -- a timeout is a number of milliseconds
    const timeout: string = spec.stability.timeoutMs
    // @ts-expect-error -- a spec cannot be changed
    const change = () => (spec.cluster = 'another')
    assert.ok([region, policy, timeout, change].length > 0)
  })
})
