import { chmod, cp, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

/**
 * Copies from `build/` what each package holds into the `dist/` of its own folder: its entry points
 * and all that they import by relative paths. A package therefore needs nothing outside its folder,
 * and holds copies of the small rooms that it shares with others.
 */
interface Package {
  readonly folder: string
  /** Run by Node: JavaScript only. */
  readonly programs: readonly string[]
  /** Imported by programs of others: JavaScript and types. */
  readonly libraries: readonly string[]
  /** Other files: from a path in the checkout to a path in `dist/`. */
  readonly files?: Readonly<Record<string, string>>
}

const packages: readonly Package[] = [
  { folder: '.', programs: ['cli/main'], libraries: ['client/index', 'client/user-error'] },
  {
    folder: 'worker',
    programs: ['worker/main'],
    libraries: ['worker/index'],
    files: { 'build/workflows/bundle.js': 'workflows/bundle.js' },
  },
  {
    folder: 'local',
    programs: [],
    libraries: ['local/index'],
    files: { 'examples/hello': 'examples/hello' },
  },
  { folder: 'simulator', programs: ['simulator/main'], libraries: ['simulator/index'] },
]

const top = join(import.meta.dirname, '..')
const build = join(top, 'build')

for (const { folder, programs, libraries, files = {} } of packages) {
  const dist = join(top, folder, 'dist')
  await rm(dist, { recursive: true, force: true })
  const scripts = [...programs, ...libraries].map((one) => `${one}.js`)
  const types = libraries.map((one) => `${one}.d.ts`)
  for (const file of await closure([...scripts, ...types]))
    await copy(join(build, file), dist, file)
  for (const [from, to] of Object.entries(files)) await copy(join(top, from), dist, to)
  for (const program of programs) await chmod(join(dist, `${program}.js`), 0o755)
}

async function copy(from: string, dist: string, file: string): Promise<void> {
  const to = join(dist, file)
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to, { recursive: true })
}

/** The files, and all that they import by relative paths, as paths in `build/`. */
async function closure(entries: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set(entries)
  // A set also visits what is added while it is walked through.
  for (const file of found) {
    for (const imported of await relativeImports(file)) found.add(imported)
  }
  return found
}

async function relativeImports(file: string): Promise<readonly string[]> {
  const text = await readFile(join(build, file), 'utf8')
  const isTypes = file.endsWith('.d.ts')
  return Array.from(
    text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g),
    (match) => {
      const path = normalize(join(dirname(file), match[1] ?? ''))
      // Declarations name the source file.
      return isTypes ? path.replace(/\.ts$/, '.d.ts') : path
    },
  )
}
