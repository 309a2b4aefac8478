import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadConfig, parseConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../config/problem.ts'
import { exampleConfig } from '../../../config/reference.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { good, problems } from './good-config.ts'

test('a configuration is read with its defaults', () => {
  const { config, warnings } = parseConfig(good, 'slipway.yaml')
  assert.equal(config.images['api']?.dockerfile, 'Dockerfile')
  assert.equal(config.images['api']?.timeout, 45 * 60_000)
  assert.equal(config.stability.window, 30_000)
  assert.deepEqual(config.taskQueues, { release: 'slipway', builder: 'slipway-builder' })
  assert.deepEqual(warnings, [])
})

test('the example of the reference page is valid', () => {
  assert.deepEqual(parseConfig(exampleConfig, 'slipway.yaml').warnings, [])
})

test('every problem is reported at once, in the order of the file, with line and column', () => {
  const text = `project: 3
images:
  api:
    repository: hello
    dockerfil: x
    timeout: 0s
services:
  api:
    service: hello-api
    after: worker
  worker:
    service: hello-worker
    containers: { main: wrker }
enviroments: {}
`
  assert.deepEqual(problems(text), [
    'slipway.yaml:1:1: environments: is missing; expected a mapping (name: value)',
    'slipway.yaml:1:10: project: found the number 3, expected text',
    'slipway.yaml:5:5: images.api.dockerfil: found an unknown key; did you mean "dockerfile"?',
    'slipway.yaml:6:14: images.api.timeout: found the text "0s", expected a duration such as "90s", "30m" or "2h", longer than 0',
    'slipway.yaml:10:12: services.api.after: found the text "worker", expected a list',
    'slipway.yaml:13:25: services.worker.containers.main: found the image "wrker", which is not defined; expected one of: api',
    'slipway.yaml:14:1: enviroments: found an unknown key; did you mean "environments"?',
  ])
})

describe('the file', () => {
  test('is found in a folder above', async () => {
    const top = temporaryFolder()
    await mkdir(join(top, 'a', 'b'), { recursive: true })
    await writeFile(join(top, 'slipway.yaml'), good)
    const loaded = await loadConfig({ directory: join(top, 'a', 'b') })
    assert.equal(loaded.file, join(top, 'slipway.yaml'))
  })

  test('is named by its path from where the command runs', async () => {
    const top = temporaryFolder()
    await writeFile(join(top, 'other.yaml'), 'project: 3\n')
    await assert.rejects(
      loadConfig({ directory: top, file: 'other.yaml' }),
      /^ConfigError: other.y/,
    )
  })

  test('that is missing: the error says where it was searched and what to do', async () => {
    const top = temporaryFolder()
    const error = await loadConfig({ directory: top }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof ConfigError)
    assert.match(error.message, new RegExp(`not found in ${top} or any folder above it.*--config`))
    await assert.rejects(loadConfig({ directory: top, file: 'no.yaml' }), /no.yaml: there is no/)
  })

  test('that is a folder, is not text or is far too large is rejected', async () => {
    const top = temporaryFolder()
    await assert.rejects(loadConfig({ directory: top, file: '.' }), /found a folder/)
    await writeFile(join(top, 'bytes.yaml'), Uint8Array.of(0xff, 0xfe, 0))
    await assert.rejects(loadConfig({ directory: top, file: 'bytes.yaml' }), /not UTF-8/)
    await writeFile(join(top, 'large.yaml'), '#'.repeat(2 ** 20 + 1))
    await assert.rejects(loadConfig({ directory: top, file: 'large.yaml' }), /at most 1048576/)
  })
})
