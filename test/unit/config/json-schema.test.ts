import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { configJsonSchema } from '../../../config/json-schema.ts'
import { exampleConfig } from '../../../config/reference.ts'
import { configSchema } from '../../../config/schema.ts'
import { referencePages } from '../../../scripts/reference.ts'

const top = join(import.meta.dirname, '..', '..', '..')

describe('the reference pages are up to date', () => {
  for (const [path, text] of Object.entries(referencePages())) {
    test(`${path} (else: node scripts/reference.ts)`, async () => {
      assert.equal(await readFile(join(top, path), 'utf8'), text)
    })
  }
})

const good = {
  project: 'hello',
  images: { api: { repository: 'hello' } },
  services: { api: { service: 'hello-api' } },
  environments: { production: { cluster: 'hello' } },
}

describe('an editor with the JSON Schema agrees with the command', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(configJsonSchema())
  const examples: readonly [title: string, valid: boolean, value: unknown][] = [
    ['the smallest', true, good],
    ['the example of the reference page', true, parse(exampleConfig)],
    ['a window of zero', true, { ...good, stability: { window: '0s' } }],
    ['nothing', false, {}],
    ['a list', false, []],
    ['no environments', false, { ...good, environments: {} }],
    ['an unknown key', false, { ...good, enviroments: {} }],
    ['a name with a space', false, { ...good, images: { 'a b': { repository: 'hello' } } }],
    ['a timeout of zero', false, { ...good, rollback: { timeout: '0m' } }],
    ['a timeout without a unit', false, { ...good, rollback: { timeout: '30' } }],
    ['a number for a timeout', false, { ...good, rollback: { timeout: 30 } }],
    ['a path upwards', false, { ...good, images: { api: { repository: 'a', context: 'b/..' } } }],
    ['an absolute path', false, { ...good, images: { api: { repository: 'a', context: '/b' } } }],
    ['a path with dots', true, { ...good, images: { api: { repository: 'a', context: 'b/..c' } } }],
    ['the address of a repository', false, { ...good, images: { api: { repository: 'A.b/c' } } }],
    ['a secret in an address', false, { ...good, repository: 'https://token@github.com/a/b' }],
    ['a repository that is an option', false, { ...good, repository: '-u' }],
    ['a repository over SSH', true, { ...good, repository: 'git@github.com:a/b.git' }],
    [
      'an invalid address to verify',
      false,
      { ...good, services: { api: { service: 'a', verifyUrl: 'ftp://x' } } },
    ],
    [
      'an address instead of the name of a variable',
      false,
      { ...good, notifications: [{ type: 'slack', urlFrom: 'https://hooks.slack.com/x' }] },
    ],
    [
      'a receiver of notifications',
      true,
      { ...good, notifications: [{ type: 'slack', urlFrom: 'SLACK_URL', on: ['outcome'] }] },
    ],
    [
      'an address to verify',
      true,
      { ...good, services: { api: { service: 'a', verifyUrl: 'http://127.0.0.1:80/health' } } },
    ],
  ]
  for (const [title, valid, value] of examples) {
    test(`${title} is ${valid ? 'accepted' : 'rejected'} by both`, () => {
      assert.equal(configSchema.safeParse(value).success, valid, 'zod')
      assert.equal(validate(value), valid, `ajv: ${JSON.stringify(validate.errors)}`)
    })
  }
})
