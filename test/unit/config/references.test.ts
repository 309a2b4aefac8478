import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../../config/load.ts'
import { good, problems } from './good-config.ts'

/** The good one with other services. */
function services(text: string): string {
  return good.replace('  api: { service: hello-api }\n', text)
}

describe('what leads nowhere', () => {
  test('an image that is not there, with the one that was meant', () => {
    assert.deepEqual(
      problems(services('  web: { service: hello-web, containers: { web: apu } }\n')),
      [
        'slipway.yaml:5:49: services.web.containers.web: found the image "apu", which is not there; did you mean "api"?',
      ],
    )
  })

  test('a service that names no container and has no image of its name', () => {
    assert.deepEqual(problems(services('  web: { service: hello-web }\n')), [
      'slipway.yaml:5:3: services.web: has no "containers", and there is no image "web" to run; expected "containers", as container: image (images: api)',
    ])
  })

  test('a service to wait for that is not there', () => {
    assert.deepEqual(problems(services('  api: { service: hello-api, after: [db] }\n')), [
      'slipway.yaml:5:38: services.api.after.0: found the service "db", which is not there; there are: api',
    ])
  })

  test('services that wait for one another, by name', () => {
    const text = `  api: { service: a, after: [b] }
  b: { service: b, after: [c], containers: { b: api } }
  c: { service: c, after: [api], containers: { c: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:5:29: services.api.after: found services that wait for one another: api after b after c after api; one of them must go first',
    ])
  })

  test('a cycle that only an environment closes', () => {
    const text = services(`  api: { service: a }
  b: { service: b, after: [api], containers: { b: api } }
`).replace('cluster: hello', 'cluster: hello, services: { api: { after: [b] } }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:8:59: environments.production.services.api.after: found services that wait for one another: api after b after api; one of them must go first',
    ])
  })

  test('an override of a service that is not there', () => {
    const text = good.replace('cluster: hello', 'cluster: hello, services: { apo: {} }')
    assert.deepEqual(problems(text), [
      'slipway.yaml:7:45: environments.production.services.apo: found an override of a service that is not there; did you mean "api"?',
    ])
  })

  test('two services that are one to ECS', () => {
    const text = `  api: { service: same }
  b: { service: same, containers: { b: api } }
`
    assert.deepEqual(problems(services(text)), [
      'slipway.yaml:6:17: services.b.service: found the ECS service "same", which "api" has already; each needs its own',
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
