import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../../config/load.ts'
import { good, problems } from './good-config.ts'

/** The good one with other services. */
function services(text: string): string {
  return good.replace('  api: { service: hello-api }\n', text)
}

describe('references', () => {
  test('an unknown image, with the one that was most likely meant', () => {
    assert.deepEqual(
      problems(services('  web: { service: hello-web, containers: { web: apu } }\n')),
      [
        'slipway.yaml:5:49: services.web.containers.web: found the image "apu", which is not defined; did you mean "api"?',
      ],
    )
  })

  test('a service without containers and without an image of its name', () => {
    assert.deepEqual(problems(services('  web: { service: hello-web }\n')), [
      'slipway.yaml:5:3: services.web: has no "containers", and no image is named "web"; expected "containers" (container: image) with one of these images: api',
    ])
  })

  test('an unknown service to wait for', () => {
    assert.deepEqual(problems(services('  api: { service: hello-api, after: [db] }\n')), [
      'slipway.yaml:5:38: services.api.after.0: found the service "db", which is not defined; expected one of: api',
    ])
  })

  test('services that wait for one another, by name', () => {
    const text = `  api: { service: a, after: [b] }
  b: { service: b, after: [c], containers: { b: api } }
  c: { service: c, after: [api], containers: { c: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:5:29: services.api.after: found a cycle: api after b after c after api; remove one "after"',
    ])
  })

  test('a cycle that only an environment closes', () => {
    const text = services(`  api: { service: a }
  b: { service: b, after: [api], containers: { b: api } }
`).replace('cluster: hello', 'cluster: hello, services: { api: { after: [b] } }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:8:59: environments.production.services.api.after: found a cycle: api after b after api; remove one "after"',
    ])
  })

  test('an override of an unknown service', () => {
    const text = good.replace('cluster: hello', 'cluster: hello, services: { apo: {} }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:7:45: environments.production.services.apo: found an override of a service that is not defined; did you mean "api"?',
    ])
  })

  test('two services with the same ECS service', () => {
    const text = `  api: { service: same }
  b: { service: same, containers: { b: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:6:17: services.b.service: found the ECS service "same", which "api" already uses; expected one of its own',
    ])
  })

  test('an image that no service runs is only a warning', () => {
    const { warnings } = parseConfig(
      good.replace('services:', '  spare: { repository: hello }\nservices:'),
      'slipway.yaml',
    )
    assert.deepEqual(
      warnings.map(({ path, position }) => ({ path, position })),
      [{ path: 'images.spare', position: { line: 4, column: 3 } }],
    )
  })
})
