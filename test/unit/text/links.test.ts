import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { linksOf } from '../../../text/links.ts'
import { serviceNamed, specWith } from '../environment-specs.ts'

const commit = '3f2c1ab4d5e63f2c1ab4d5e63f2c1ab4d5e63f2c'
const local = { ...specWith(), aws: {} }

describe('the links of a release', () => {
  for (const [repository, page] of [
    ['https://github.com/mailman/mailman', 'https://github.com/mailman/mailman/commit/'],
    ['git@github.com:mailman/mailman.git', 'https://github.com/mailman/mailman/commit/'],
    ['https://ann:secret@github.com/a/b.git', 'https://github.com/a/b/commit/'],
    ['ssh://git@gitlab.com:22/group/sub/app.git', 'https://gitlab.com/group/sub/app/-/commit/'],
    ['git@bitbucket.org:a/b.git', 'https://bitbucket.org/a/b/commits/'],
  ]) {
    test(`lead to the commit of ${repository}`, () => {
      assert.deepEqual(linksOf({ ...local, repository: repository ?? '' }, commit), [
        { text: 'commit 3f2c1ab', url: `${page}${commit}` },
      ])
    })
  }

  test('lead to no commit if the host is unknown', () => {
    for (const repository of [
      '/home/ann/mailman',
      'git@git.example.com:mailman/mailman.git',
      'https://github.com',
      'https://github.com.example.com/a/b',
      'https://github.com/a/b)[x](https://example.com/c',
      'javascript:alert(1)//github.com/a/b',
    ]) {
      assert.deepEqual(linksOf({ ...local, repository }, commit), [], repository)
    }
    assert.deepEqual(linksOf({ ...local, repository: 'https://github.com/a/b' }, undefined), [])
  })

  test('lead to each service in the console of its partition', () => {
    const spec = {
      ...local,
      repository: '/home/ann/mailman',
      cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/mailman',
      services: [serviceNamed('api')],
    }
    const at = (region: string) => linksOf({ ...spec, aws: { region } }, commit)[0]?.url
    assert.equal(
      at('eu-west-1'),
      'https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/mailman/services/mailman-api/deployments?region=eu-west-1',
    )
    assert.match(at('cn-north-1') ?? '', /^https:\/\/cn-north-1\.console\.amazonaws\.cn\/ecs/)
    assert.match(at('us-gov-west-1') ?? '', /\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/ecs/)
    assert.match(
      at('eusc-de-east-1') ?? '',
      /^https:\/\/eusc-de-east-1\.console\.amazonaws-eusc\.eu\/ecs/,
    )
    // The secret partitions have no public console.
    for (const region of ['eu-west-1.example.com/', 'us-iso-east-1', 'nowhere', 'constructor']) {
      assert.equal(at(region), undefined, region)
    }
  })
})
