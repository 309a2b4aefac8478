import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { healthRules } from '../../../../rollout/reasons/health.ts'
import { readReason } from '../../../../rollout/reasons/read-reason.ts'
import { stopReasons } from '../../stop-reasons.ts'

/** Names that read like reasons. */
const names = [
  'checkout',
  'timeout-denied-not-found',
  'Secret.ssm_forbidden',
  'logs-efs-no-space-left',
  'nginx-platform-toomanyrequests',
  'firelens',
  'toomanyrequests',
  'cloudwatch.outofmemory-cannotpull',
]

const partitions = [
  { arn: 'arn:aws', region: 'ap-southeast-2', suffix: 'amazonaws.com' },
  { arn: 'arn:aws-cn', region: 'cn-north-1', suffix: 'amazonaws.com.cn' },
  { arn: 'arn:aws-us-gov', region: 'us-gov-west-1', suffix: 'amazonaws.com' },
]

const kindOf = (said: string): string => readReason(said).kind

const partsOf = (said: string) => readReason(said).parts

const health = new Set<string>(healthRules.map(({ kind }) => kind))

describe('a reason of ECS', () => {
  test('is recognised in every text that was collected', () => {
    assert.ok(stopReasons.length >= 60)
    for (const { said, kind } of stopReasons) assert.equal(kindOf(said), kind, said)
  })

  test('is of the same kind for other accounts, regions and partitions', () => {
    for (const { said, kind } of stopReasons) {
      for (const { arn, region, suffix } of partitions) {
        const elsewhere = said
          .replaceAll('111122223333', '444455556666')
          .replaceAll('arn:aws', arn)
          .replaceAll(/(?:eu-west-[12]|us-(?:ea|we)st-[12]|ap-northeast-1)/g, region)
          .replaceAll(/(?<=\.)amazonaws\.com/g, suffix)
        assert.equal(kindOf(elsewhere), kind, elsewhere)
      }
    }
  })

  test('is of the same kind whatever services, images, roles and secrets are called', () => {
    for (const { said, kind } of stopReasons) {
      for (const name of names) {
        const renamed = said
          .replaceAll('kiosk', name)
          .replaceAll(/\b(?:python|PASSWORD|BrokenRole|test_image|GOOGLE_CLIENT_ID)\b/g, name)
        assert.equal(kindOf(renamed), kind, renamed)
      }
    }
  })

  test('is of the same kind in capitals, in small letters and in several lines', () => {
    for (const { said, kind } of stopReasons) {
      assert.equal(kindOf(said.toUpperCase()), kind, said)
      assert.equal(kindOf(said.toLowerCase()), kind, said)
      assert.equal(kindOf(`${said.replaceAll(': ', ':\n\t')}\n`), kind, said)
    }
  })

  test('is of the same kind in an event of the service', () => {
    for (const { said, kind, field } of stopReasons) {
      if (health.has(kind) || !['stoppedReason', 'containers[].reason'].includes(field)) continue
      for (const name of names) {
        const because = `was unable to place a task. Reason: ${said}`
        assert.equal(kindOf(`(service ${name}) ${because}`), kind, said)
        assert.equal(kindOf(`service ${name} ${because}`), kind, said)
      }
    }
  })

  test('is quoted if it is new', () => {
    const said = 'HyperdriveError: the flux capacitor of kiosk is empty'
    assert.deepEqual(readReason(said), { kind: 'unknown', parts: {}, said })
  })
})

describe('the parts of a reason', () => {
  test('are the role, the action, the policy, the registry and the image of a denied pull', () => {
    const image = '444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/kiosk'
    const said = `CannotPullContainerError: Error response from daemon: pull access denied for ${image}, repository does not exist or may require 'docker login': denied: User: arn:aws-cn:sts::111122223333:assumed-role/kioskExecution/0f is not authorized to perform: ecr:BatchGetImage on resource: arn:aws-cn:ecr:cn-north-1:444455556666:repository/kiosk because no resource-based policy allows the ecr:BatchGetImage action`
    assert.deepEqual(partsOf(said), {
      role: 'kioskExecution',
      action: 'ecr:BatchGetImage',
      policy: 'resource-based',
      registry: '444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn',
      image,
    })
  })

  test('are left out where ECS cut its reason short', () => {
    const said =
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): RequestError: send request failed caused by: Post https://api.ecr....'
    assert.deepEqual(partsOf(said), {})
  })
})
