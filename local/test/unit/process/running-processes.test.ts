import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import {
  forgetProcesses,
  listedProcesses,
  listProcess,
} from '../../../process/running-processes.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
})
after(() => rm(folder, { recursive: true }))

const names = () => listedProcesses(folder).map(({ name }) => name)

test('processes that run are listed in the order of their start, until they are forgotten', () => {
  listProcess(folder, 'one', process.pid)
  listProcess(folder, 'two', process.ppid)
  assert.deepEqual(names(), ['one', 'two'])
  forgetProcesses(folder)
  assert.deepEqual(names(), [])
})

test('a process that has taken over the number of an old one is not listed', async () => {
  const entry = { name: 'gone', pid: process.pid, started: 'another time' }
  await writeFile(path.join(folder, 'processes.json'), JSON.stringify([entry]))
  assert.deepEqual(names(), [])
})

test('a damaged list, or one that names process 0 or 1 or a whole group, lists nothing', async () => {
  const file = path.join(folder, 'processes.json')
  const wrong = [
    '{',
    '{}',
    '[null, 7]',
    ...[0, 1, -1, 1.5].map((pid) => `[{"name":"x","pid":${pid}}]`),
  ]
  for (const text of wrong) {
    await writeFile(file, text)
    assert.deepEqual(names(), [], text)
  }
})
