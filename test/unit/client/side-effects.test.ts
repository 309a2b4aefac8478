import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

const client = join(import.meta.dirname, '..', '..', '..', 'client')

test('the library uses neither the process nor the console of its program', async () => {
  const files = (await readdir(client, { recursive: true })).filter((name) => name.endsWith('.ts'))
  assert.ok(files.length > 10)
  for (const file of files) {
    const text = await readFile(join(client, file), 'utf8')
    const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    assert.doesNotMatch(code, /\b(process|console)\s*[.[]|['"](node:)?(process|console)['"]/, file)
  }
})
