import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { diffTaskDefinitions } from '../../../../activities/inspect/diff.ts'

/** A document of which the SDK knows every field, unless `unknown` has more. */
const compared = (definition: object, unknown: object = {}) => ({
  document: { ...definition, ...unknown },
  definition,
})

const definition = (container: object, rest: object = {}) =>
  compared({
    family: 'mailman-api',
    containerDefinitions: [{ name: 'api', image: 'a', ...container }],
    ...rest,
  })

const secret = (value: string) =>
  definition({
    environment: [{ name: 'DATABASE_URL', value }],
    dockerLabels: { 'a.b': value },
    logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': value } },
  })

const volume = (o: string) =>
  compared({ volumes: [{ name: 'v', dockerVolumeConfiguration: { driverOpts: { o } } }] })

const odd = (value: string) =>
  compared({
    family: 'f',
    containerDefinitions: [{ name: 'a.environment\n.b', environment: [{ name: 'X', value }] }],
  })

describe('the difference between two task definitions', () => {
  test('is empty for equal ones', () => {
    assert.deepEqual(diffTaskDefinitions(definition({ cpu: 1 }), definition({ cpu: 1 })), [])
  })

  test('names containers instead of their positions', () => {
    assert.deepEqual(diffTaskDefinitions(definition({}), definition({ image: 'b' })), [
      { path: 'containerDefinitions.api.image', before: 'a', after: 'b' },
    ])
  })

  test('is empty if a list of named members is only reordered', () => {
    const environment = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]
    assert.deepEqual(
      diffTaskDefinitions(
        definition({ environment }),
        definition({ environment: environment.toReversed() }),
      ),
      [],
    )
  })

  test('never shows the value of a variable, a label or a log option', () => {
    const changes = diffTaskDefinitions(secret('hunter2'), secret('hunter3'))
    assert.equal(changes.length, 3)
    assert.equal(JSON.stringify(changes).includes('hunter'), false)
    assert.deepEqual(
      changes.find(({ path }) => path === 'containerDefinitions.api.environment.DATABASE_URL'),
      {
        path: 'containerDefinitions.api.environment.DATABASE_URL',
        before: '(hidden)',
        after: '(hidden)',
      },
    )
  })

  test('masks the variables of a container, whatever its name', () => {
    const text = JSON.stringify(diffTaskDefinitions(odd('hunter2'), odd('hunter3')))
    assert.equal(text.includes('hunter'), false)
  })

  test('names a field that the SDK does not know, and hides its value', () => {
    const changes = diffTaskDefinitions(
      compared({}, { memoryGuard: { token: 'hunter2' } }),
      compared({}, { memoryGuard: { token: 'hunter3', limit: 5 } }),
    )
    assert.deepEqual(changes, [
      { path: 'memoryGuard.limit', after: '(hidden)' },
      { path: 'memoryGuard.token', before: '(hidden)', after: '(hidden)' },
    ])
  })

  test('never shows the options of a volume driver', () => {
    const changes = diffTaskDefinitions(volume('password=hunter2'), volume('password=hunter3'))
    assert.deepEqual(changes, [
      {
        path: 'volumes.v.dockerVolumeConfiguration.driverOpts.o',
        before: '(hidden)',
        after: '(hidden)',
      },
    ])
  })

  test('finds a change in a label whatever its key, in an odd map and in a name that is there twice', () => {
    const pairs: readonly [object, object][] = [
      [{ dockerLabels: { '': 'a' } }, { dockerLabels: { '': 'b' } }],
      [{ dockerLabels: { 'a.b': 'a', a: 'x' } }, { dockerLabels: { 'a.b': 'b', a: 'x' } }],
      [{ dockerLabels: { ['__proto__']: 'a' } }, { dockerLabels: { ['__proto__']: 'b' } }],
      [{ map: { 'a.b': { c: '1' } } }, { map: { a: { 'b.c': '1' } } }],
      [{ ulimits: [{ hardLimit: 1 }] }, { ulimits: [{ hardLimit: 2 }] }],
      [{ essential: true }, { essential: false }],
      [
        {
          environment: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
        {
          environment: [
            { name: 'A', value: '0' },
            { name: 'A', value: '2' },
          ],
        },
      ],
      [{ environment: [{ name: 'A', value: '' }] }, { environment: [{ name: 'B', value: '' }] }],
    ]
    for (const [one, other] of pairs) {
      const changes = diffTaskDefinitions(definition(one), definition(other))
      assert.notDeepEqual(changes, [], JSON.stringify([one, other]))
    }
  })

  test('shows added and removed fields', () => {
    const before = definition({ secrets: [{ name: 'KEY', valueFrom: 'arn:old' }] })
    const after = definition({}, { cpu: '512' })
    assert.deepEqual(diffTaskDefinitions(before, after), [
      { path: 'containerDefinitions.api.secrets.KEY', before: 'arn:old' },
      { path: 'cpu', after: '512' },
    ])
  })
})
