import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseExactly } from '../../../../activities/aws/exact-json.ts'
import { lostFields } from '../../../../activities/ecs/lost-fields.ts'

const of = (container: object, rest: object = {}) => ({
  family: 'api',
  containerDefinitions: [{ name: 'api', image: 'a', ...container }],
  ...rest,
})

describe('what ECS has not registered as it was sent', () => {
  test('are not the defaults that it adds, empty lists, or another order', () => {
    const sent = of(
      {
        environment: [
          { name: 'A', value: '' },
          { name: 'B', value: '2' },
        ],
        portMappings: [{ containerPort: 80 }, { containerPort: 81 }],
        mountPoints: [],
        linuxParameters: {},
      },
      { requiresCompatibilities: ['EC2', 'FARGATE'], pidMode: null },
    )
    const registered = of(
      {
        cpu: 0,
        environment: [
          { name: 'B', value: '2' },
          { name: 'A', value: '' },
        ],
        portMappings: [
          { containerPort: 81, protocol: 'tcp' },
          { containerPort: 80, protocol: 'tcp' },
        ],
        systemControls: [],
      },
      { requiresCompatibilities: ['FARGATE', 'EC2'], status: 'ACTIVE', revision: 8 },
    )
    assert.deepEqual(lostFields(sent, registered), [])
  })

  test('are the paths of fields that are missing or other', () => {
    const sent = of(
      {
        dockerLabels: { 'com.example/team': 'mail', '': 'x' },
        environment: [
          { name: 'A', value: '' },
          { name: 'B', value: '2' },
        ],
        command: ['a', 'b'],
      },
      { memoryGuard: { enabled: true }, cpu: '256', limit: parseExactly('9007199254740993') },
    )
    const registered = of(
      {
        dockerLabels: { 'com.example/team': 'other' },
        environment: [{ name: 'A' }, { name: 'B', value: '2' }],
        command: ['a'],
      },
      { cpu: 256, limit: parseExactly('9007199254740992') },
    )
    assert.deepEqual(lostFields(sent, registered), [
      'containerDefinitions.api.dockerLabels."com.example/team"',
      'containerDefinitions.api.dockerLabels.""',
      'containerDefinitions.api.environment.A.value',
      'containerDefinitions.api.command.1',
      'memoryGuard',
      'cpu',
      'limit',
    ])
  })

  test('are members of a list that nobody sent', () => {
    const sent = of({ environment: [{ name: 'A', value: '1' }] })
    const registered = of({
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    })
    assert.deepEqual(lostFields(sent, registered), ['containerDefinitions.api.environment.B'])
  })
})
