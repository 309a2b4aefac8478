import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { cacheFolder, makeOnce } from '../../../install/cache.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  process.env['SLIPWAY_CACHE'] = folder
})
after(async () => {
  delete process.env['SLIPWAY_CACHE']
  await rm(folder, { recursive: true })
})

test('the cache is where SLIPWAY_CACHE says, then in XDG_CACHE_HOME, then in ~/.cache', () => {
  assert.equal(cacheFolder({ SLIPWAY_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a')
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/b' }), '/b/slipway')
  assert.match(cacheFolder({ XDG_CACHE_HOME: '' }), /\/\.cache\/slipway$/)
})

test('a folder of the cache is made once', async () => {
  let made = 0
  const make = async (into: string) => {
    made += 1
    await writeFile(path.join(into, 'file'), 'content')
  }
  const first = await makeOnce('once', make)
  const second = await makeOnce('once', make)
  assert.equal(first, second)
  assert.equal(made, 1)
})

test('of two that make the same folder at once one wins, and both get a whole one', async () => {
  const both = Promise.withResolvers<void>()
  let waiting = 0
  const make = async (into: string) => {
    await writeFile(path.join(into, 'file'), 'content')
    waiting += 1
    if (waiting === 2) both.resolve()
    await both.promise
  }
  const places = await Promise.all([makeOnce('raced', make), makeOnce('raced', make)])
  assert.equal(places[0], places[1])
  assert.equal(await readFile(path.join(places[0], 'file'), 'utf8'), 'content')
})

test('what could not be made whole leaves nothing behind', async () => {
  const making = makeOnce('broken', async (into) => {
    await writeFile(path.join(into, 'half'), '')
    throw new Error('the line went dead')
  })
  await assert.rejects(making, /the line went dead/)
  const left = (await readdir(folder)).filter((name) => name.includes('broken'))
  assert.deepEqual(left, [])
})
