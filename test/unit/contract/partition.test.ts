import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { partitionOf } from '../../../contract/partition.ts'
import { partitionsFile, sdkPartitions } from '../../../scripts/partitions.ts'

test('the known partitions are those of the pinned AWS SDK', async () => {
  const here = new URL(`../../../${partitionsFile}`, import.meta.url)
  assert.equal(await readFile(here, 'utf8'), await sdkPartitions(), 'node scripts/partitions.ts')
})

test('a region belongs to its partition, even one that is newer than the AWS SDK', () => {
  for (const [region, partition] of [
    ['eu-central-1', 'aws'],
    ['mx-central-1', 'aws'],
    ['il-newest-7', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-isob-east-1', 'aws-iso-b'],
  ] as const) {
    assert.equal(partitionOf(region), partition)
  }
})

test('what is no region belongs to no partition', () => {
  for (const text of ['', 'eu-west', 'zz-west-1', "eu-west-1'", 'eu-west-1\n', 'EU-WEST-1']) {
    assert.equal(partitionOf(text), undefined, text)
  }
})
