import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { diffTaskDefinitions } from '../../../../activities/inspect/diff.ts'

const definition = (container: object, rest: object = {}) => ({
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

const odd = (value: string) => ({
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

  test('shows added and removed fields', () => {
    const before = definition({ secrets: [{ name: 'KEY', valueFrom: 'arn:old' }] })
    const after = definition({}, { cpu: '512' })
    assert.deepEqual(diffTaskDefinitions(before, after), [
      { path: 'containerDefinitions.api.secrets.KEY', before: 'arn:old' },
      { path: 'cpu', after: '512' },
    ])
  })
})
