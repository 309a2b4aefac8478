import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { requiredPlatform } from '../../../../activities/platform/required-platform.ts'
import { revision } from '../ecs-answers.ts'

const cases: readonly (readonly [
  title: string,
  service: Parameters<typeof requiredPlatform>[0],
  runtimePlatform: object | undefined,
  expected: string | undefined,
])[] = [
  ['is what its task definition says', {}, { cpuArchitecture: 'ARM64' }, 'undefined/arm64'],
  [
    'is that of Windows',
    {},
    { cpuArchitecture: 'X86_64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
    'windows/amd64',
  ],
  ['is X86_64 on Fargate by default', { launchType: 'FARGATE' }, undefined, 'linux/amd64'],
  [
    'is that of the task definition on Fargate, too',
    { launchType: 'FARGATE' },
    { cpuArchitecture: 'ARM64' },
    'linux/arm64',
  ],
  [
    'is that of Fargate if all its capacity providers are',
    {
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE' },
        { capacityProvider: 'FARGATE_SPOT' },
      ],
    },
    undefined,
    'linux/amd64',
  ],
  ['is unknown on instances', { launchType: 'EC2' }, undefined, undefined],
  [
    'is unknown with capacity providers of one’s own',
    { capacityProviderStrategy: [{ capacityProvider: 'graviton' }] },
    undefined,
    undefined,
  ],
]

describe('the platform that a service needs', () => {
  for (const [title, service, runtimePlatform, expected] of cases) {
    test(title, () => {
      const definition = {
        taskDefinitionArn: revision(3),
        ...(runtimePlatform && { runtimePlatform }),
      }
      const found = requiredPlatform({ serviceName: 'mailman-api', ...service }, definition)
      assert.equal(found && `${found.os}/${found.architecture}`, expected)
      if (found !== undefined) assert.equal(found.taskDefinition, 'mailman-api:3')
    })
  }
})
