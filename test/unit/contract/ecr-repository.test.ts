import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ecrRepositoryOf, repositoryPattern } from '../../../contract/ecr-repository.ts'

const account = '444455556666'

test('the address of a repository gives the account and the region of its registry', () => {
  const addresses: readonly (readonly [host: string, region: string])[] = [
    [`${account}.dkr.ecr.eu-central-1.amazonaws.com`, 'eu-central-1'],
    [`${account}.dkr.ecr.us-gov-west-1.amazonaws.com`, 'us-gov-west-1'],
    [`${account}.dkr.ecr-fips.us-east-1.amazonaws.com`, 'us-east-1'],
    [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, 'cn-north-1'],
    [`${account}.dkr.ecr.eusc-de-east-1.amazonaws.eu`, 'eusc-de-east-1'],
    [`${account}.dkr-ecr.eu-central-1.on.aws`, 'eu-central-1'],
  ]
  for (const [host, region] of addresses) {
    assert.deepEqual(ecrRepositoryOf(`${host}/team/hello`), {
      name: 'team/hello',
      registry: { host, account, region },
    })
    assert.match(`${host}/team/hello`, repositoryPattern)
  }
})

test('a name is in the registry of the environment', () => {
  for (const name of ['hello', 'team/hello', 'team/a.b-c_d', 'hello.v2']) {
    assert.deepEqual(ecrRepositoryOf(name), { name })
    assert.match(name, repositoryPattern)
  }
})

test('the addresses of other registries, tags and malformed names are no repositories', () => {
  const wrong = [
    'ghcr.io/acme/hello',
    'docker.io/library/nginx',
    'public.ecr.aws/acme/hello',
    'registry.example.com:5000/hello',
    `${account}.dkr.ecr.eu-central-1.example.com/hello`,
    `https://${account}.dkr.ecr.eu-central-1.amazonaws.com/hello`,
    `${account}.dkr.ecr.eu-central-1.amazonaws.com/hello:latest`,
    `${account}.dkr.ecr.eu-central-1.amazonaws.com/Hello`,
    `${account}.dkr.ecr.eu-central-1.amazonaws.com/`,
    'Hello',
    'hello/',
  ]
  for (const one of wrong) assert.doesNotMatch(one, repositoryPattern)
})
