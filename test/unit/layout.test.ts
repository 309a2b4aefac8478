import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { before, describe, test } from 'node:test'

const top = path.join(import.meta.dirname, '..', '..')

const notOurs = ['node_modules', 'build', 'dist', '**/node_modules', '**/dist']

/** Room → rooms that it may import from, as the table in docs/architecture.md has it. */
let table: ReadonlyMap<string, readonly string[]>
/** Room → the patterns of imports that the linter refuses in it. */
let refused: ReadonlyMap<string, readonly RegExp[]>

before(async () => {
  table = roomsIn(await readFile(path.join(top, 'docs', 'architecture.md'), 'utf8'))
  refused = patternsIn(await readFile(path.join(top, '.oxlintrc.json'), 'utf8'))
})

function roomsIn(text: string): ReadonlyMap<string, readonly string[]> {
  const rows = text.matchAll(/^\| `([a-z]+)\/` +\|[^|]*\|([^|]*)\|$/gm)
  return new Map(
    Array.from(rows, ([, room = '', imports = '']) => [
      room,
      Array.from(imports.matchAll(/`([a-z]+)\/`/g), ([, name = '']) => name),
    ]),
  )
}

interface LintConfiguration {
  readonly overrides: readonly {
    readonly files: readonly string[]
    readonly rules: {
      readonly 'no-restricted-imports'?:
        | 'off'
        | readonly [
            string,
            {
              readonly patterns: readonly {
                readonly regex?: string
                readonly allowTypeImports?: boolean
              }[]
            },
          ]
    }
  }[]
}

function patternsIn(text: string): ReadonlyMap<string, readonly RegExp[]> {
  const { overrides } = JSON.parse(text) as LintConfiguration
  return new Map(
    overrides.flatMap(({ files, rules }) => {
      const rule = rules['no-restricted-imports']
      if (rule === undefined || rule === 'off') return []
      const [, options] = rule
      const patterns = options.patterns.flatMap(({ regex, allowTypeImports }) =>
        regex === undefined || allowTypeImports === true ? [] : [new RegExp(regex)],
      )
      return files.map((file) => [file.split('/')[0] ?? '', patterns] as const)
    }),
  )
}

/** Imports of a file that lead into another room, those of types and at run time included. */
async function importsOf(file: string): Promise<readonly { to: string; specifier: string }[]> {
  const text = await readFile(path.join(top, file), 'utf8')
  return Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)).flatMap(
    ([, specifier = '']) => {
      const [to = ''] = path.posix.join(path.posix.dirname(file), specifier).split('/')
      return to === file.split('/')[0] ? [] : [{ to, specifier }]
    },
  )
}

const isTest = (file: string) => /^(test|local\/test|simulator\/test)\//.test(file)

describe('the layout', () => {
  test('the table of rooms has every folder that holds code, and no other', async () => {
    const rooms = new Set<string>()
    for await (const file of glob('*/**/*.ts', { cwd: top, exclude: notOurs })) {
      rooms.add(file.split(path.sep)[0] ?? '')
    }
    const named = [...table.keys()].filter((room) => room !== 'examples')
    assert.deepEqual([...rooms].toSorted(), named.toSorted())
  })

  test('the linter refuses in each room what the table does not allow, and nothing else', () => {
    for (const [room, allowed] of table) {
      if (['examples', 'scripts', 'test'].includes(room)) continue
      const patterns = refused.get(room) ?? []
      for (const other of table.keys()) {
        if (other === room) continue
        const isRefused = patterns.some((one) => one.test(`../../${other}/index.ts`))
        assert.equal(isRefused, !allowed.includes(other), `${room}/ imports ${other}/`)
      }
    }
  })

  test('imports keep to the table, also those at run time, which the linter does not see', async () => {
    for await (const file of glob('*/**/*.ts', { cwd: top, exclude: notOurs })) {
      const [room = ''] = file.split(path.sep)
      const allowed = table.get(room)
      if (allowed === undefined || room === 'scripts' || isTest(file)) continue
      for (const { to, specifier } of await importsOf(file)) {
        assert.ok(to.includes('.') || allowed.includes(to), `${file} imports ${specifier}`)
      }
    }
  })
})
