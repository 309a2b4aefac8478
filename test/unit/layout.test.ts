import assert from 'node:assert/strict'
import { copyFile, glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { execa } from 'execa'
import { temporaryFolder } from '../temporary-folder.ts'

const top = path.join(import.meta.dirname, '..', '..')

const notOurs = ['node_modules', 'build', 'dist', '**/node_modules', '**/dist']

/** Room → rooms that it may import from, as the table in docs/architecture.md has it. */
let table: ReadonlyMap<string, readonly string[]>

before(async () => {
  table = roomsIn(await readFile(path.join(top, 'docs', 'architecture.md'), 'utf8'))
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

/** Which of these imports the linter refuses, each in a file of its own. */
async function refusedImports(
  imports: readonly { readonly room: string; readonly specifier: string }[],
): Promise<readonly boolean[]> {
  const folder = temporaryFolder()
  await copyFile(path.join(top, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'))
  for (const [index, { room, specifier }] of imports.entries()) {
    const text = `import type { One } from '${specifier}'\nexport type Two = One\n`
    await mkdir(path.join(folder, room), { recursive: true })
    await writeFile(path.join(folder, room, `${index}.ts`), text)
  }
  const options = { cwd: folder, reject: false, preferLocal: true, localDir: top } as const
  const lint = await execa('oxlint', ['--format=json', '.'], options)
  const { diagnostics } = JSON.parse(lint.stdout) as {
    readonly diagnostics: readonly { readonly code: string; readonly filename: string }[]
  }
  const files = new Set(
    diagnostics
      .filter(({ code }) => code.includes('no-restricted-imports'))
      .map(({ filename }) => path.normalize(filename)),
  )
  return imports.map(({ room }, index) => files.has(path.join(room, `${index}.ts`)))
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

  test('the linter refuses in each room what the table does not allow, and nothing else', async () => {
    const rooms = [...table.keys()].filter(
      (room) => !['examples', 'scripts', 'test'].includes(room),
    )
    const pairs = rooms.flatMap((room) =>
      [...table.keys()].filter((other) => other !== room).map((other) => [room, other] as const),
    )
    const refused = await refusedImports(
      pairs.map(([room, other]) => ({ room, specifier: `../${other}/index.ts` })),
    )
    pairs.forEach(([room, other], index) => {
      const isAllowed = table.get(room)?.includes(other) === true
      assert.equal(refused[index], !isAllowed, `${room}/ imports ${other}/`)
    })
  })

  test('the linter refuses packages that a room does without', async () => {
    const imports = [
      ...['workflows', 'contract', 'text'].flatMap((room) =>
        ['node:fs', 'node:fs/promises', 'execa', '@aws-sdk/client-ecs'].map((specifier) => ({
          room,
          specifier,
        })),
      ),
      { room: 'client', specifier: '@temporalio/worker' },
      { room: 'client', specifier: '@aws-sdk/client-ecs' },
      { room: 'cli', specifier: '@temporalio/worker' },
      { room: 'cli', specifier: '../client/workers.ts' },
      { room: 'config', specifier: '@temporalio/client' },
      { room: 'rollout', specifier: 'node:path' },
    ]
    const refused = await refusedImports(imports)
    imports.forEach(({ room, specifier }, index) => {
      assert.ok(refused[index], `${room}/ imports ${specifier}`)
    })
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
