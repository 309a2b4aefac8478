import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { good, problems } from './good-config.ts'

describe('the schema rejects', () => {
  const rejected: readonly [title: string, from: string, to: string, expected: string][] = [
    [
      'an unknown key unlike any other, and lists the known ones',
      'cluster: hello',
      'cluster: hello, zone: b',
      'slipway.yaml:7:33: environments.production.zone: found an unknown key; known here: region, profile, cluster, mode, concurrency, approval, freezes, notifications, services',
    ],
    [
      'a name that could not be part of a tag or an id',
      'production:',
      'pro duction:',
      'slipway.yaml:7:3: environments.pro duction: found the name "pro duction", expected letters, digits, "-" and "_", at most 63, a letter or digit first',
    ],
    [
      'a path out of the repository',
      'repository: hello',
      'repository: hello, context: a/../../b',
      'slipway.yaml:3:38: images.api.context: found the text "a/../../b", expected a path inside the repository, without ".."',
    ],
    [
      'the address of a registry that is not ECR',
      'repository: hello',
      'repository: ghcr.io/acme/hello',
      'slipway.yaml:3:22: images.api.repository: found the text "ghcr.io/acme/hello", expected the name of an ECR repository ("team/hello") or its address ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/hello", without a tag); no other registry is supported',
    ],
    [
      'an unknown choice',
      'cluster: hello',
      'cluster: hello, mode: pinned',
      'slipway.yaml:7:39: environments.production.mode: found the text "pinned", expected one of "pin", "force"',
    ],
    [
      'credentials in the address to verify',
      'service: hello-api',
      'service: hello-api, verifyUrl: "https://me:secret@hello.example/health"',
      'slipway.yaml:5:41: services.api.verifyUrl: found the text "https://…@hello.example/health", expected an http or https address without credentials, such as "https://api.example.com/health"',
    ],
    [
      'no environment at all',
      '  production: { cluster: hello }',
      '  {}',
      'slipway.yaml:7:3: environments: found a mapping, expected at least one environment',
    ],
    [
      'a missing value',
      'cluster: hello',
      'cluster: ',
      'slipway.yaml:7:17: environments.production.cluster: found an empty value, expected text',
    ],
  ]
  for (const [title, from, to, expected] of rejected) {
    test(title, () => assert.deepEqual(problems(good.replace(from, to)), [expected]))
  }

  test('no address of an ECR repository, of any account and region', () => {
    const address = '444455556666.dkr.ecr.eu-central-1.amazonaws.com/team/hello'
    assert.deepEqual(problems(good.replace('repository: hello', `repository: ${address}`)), [])
  })

  test('credentials in the address of the repository', () => {
    assert.match(
      problems(`repository: https://token@github.com/a/b\n${good}`)[0] ?? '',
      /^slipway.yaml:1:13: repository: .* without credentials/,
    )
    assert.deepEqual(problems(`repository: ssh://git@github.com/a/b\n${good}`), [])
    assert.deepEqual(problems(`repository: git@github.com:a/b.git\n${good}`), [])
  })

  test('a password in an address, without printing it', () => {
    const addresses = ['https://me:hunter2@hello.example/a.git', 'https://me:hunter2@b/@c.example']
    for (const address of addresses) {
      const [problem = ''] = problems(`repository: "${address}"\n${good}`)
      assert.match(problem, /found the text "https:\/\/…@/)
      assert.doesNotMatch(problem, /hunter2/)
    }
  })

  test('a repository that git would take for an option', () => {
    assert.match(problems(`repository: --upload-pack=x\n${good}`)[0] ?? '', /1:13: repository:/)
  })
})
