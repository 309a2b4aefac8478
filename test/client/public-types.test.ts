import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'
import { isIdentifier, type Node, SyntaxKind } from 'typescript/unstable/ast'
import {
  API,
  type Project,
  SymbolFlags,
  type Symbol as TypeScriptSymbol,
} from 'typescript/unstable/sync'
import { temporaryFolder } from '../temporary-folder.ts'

const top = join(import.meta.dirname, '..', '..')

const typeDeclarations: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ClassDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
])

/** The declarations as they are published, in which inferred types are written out. */
async function emitDeclarations(): Promise<string> {
  const folder = temporaryFolder()
  const args = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder]
  await execa(join(top, 'node_modules', '.bin', 'tsc'), args, { cwd: top })
  const compilerOptions = { module: 'nodenext', noEmit: true, allowImportingTsExtensions: true }
  const config = { compilerOptions, files: ['client/index.d.ts'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  return folder
}

function* identifiersIn(node: Node): Generator<Node> {
  if (isIdentifier(node)) yield node
  const children: Node[] = []
  node.forEachChild((child) => {
    children.push(child)
  })
  for (const child of children) yield* identifiersIn(child)
}

function declarationsOf(symbol: TypeScriptSymbol, project: Project): readonly Node[] {
  return symbol.declarations.flatMap((handle) => handle.resolve(project) ?? [])
}

/** What an import or a re-export stands for. */
function withoutAlias(symbol: TypeScriptSymbol, { checker }: Project): TypeScriptSymbol {
  const isAlias = (symbol.flags & SymbolFlags.Alias) !== 0
  return isAlias ? checker.getAliasedSymbol(symbol) : symbol
}

/** The types of this project that the declaration of a symbol names. */
function namedTypes(symbol: TypeScriptSymbol, project: Project, folder: string) {
  const { checker } = project
  return declarationsOf(symbol, project)
    .flatMap((declaration) => Array.from(identifiersIn(declaration)))
    .flatMap((identifier) => checker.getSymbolAtLocation(identifier) ?? [])
    .map((named) => withoutAlias(named, project))
    .filter((named) =>
      named.declarations.some(
        ({ kind, path }) => typeDeclarations.has(kind) && path.startsWith(folder),
      ),
    )
}

/** Each as `requestDeploy names AbortOptions`. */
function namesIn(folder: string, api: API) {
  using snapshot = api.updateSnapshot({ openProject: join(folder, 'tsconfig.json') })
  const [project] = snapshot.getProjects()
  const index = project?.program.getSourceFile(join(folder, 'client', 'index.d.ts'))
  assert.ok(project !== undefined && index !== undefined)
  const module = project.checker.getSymbolAtLocation(index)
  assert.ok(module !== undefined)
  const exported = project.checker
    .getExportsOfModule(module)
    .map((symbol) => withoutAlias(symbol, project))
  const ids = new Set(exported.map(({ id }) => id))
  const named = exported.flatMap((symbol) =>
    namedTypes(symbol, project, folder).map(({ id, name }) => ({
      isExported: ids.has(id),
      text: `${symbol.name} names ${name}`,
    })),
  )
  const textsOf = (isExported: boolean) =>
    new Set(named.flatMap((one) => (one.isExported === isExported ? [one.text] : [])))
  return { exported: textsOf(true), missing: textsOf(false) }
}

test('every type that a signature of the library names is exported, too', async () => {
  const folder = await emitDeclarations()
  const api = new API({ cwd: folder })
  try {
    const { exported, missing } = namesIn(folder, api)
    assert.ok(exported.has('requestDeploy names AbortOptions'), 'signatures are read')
    assert.ok(exported.has('ReleaseResult names FailureEvidence'), 'and members and bases')
    assert.deepEqual(missing, new Set())
  } finally {
    api.close()
  }
})
