import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { describeIssue } from './describe-issue.ts'
import { type Path, readYaml } from './document.ts'
import { knownKeys } from './json-schema.ts'
import { outline } from './outline.ts'
import { type Problem, ConfigError, inFileOrder } from './problem.ts'
import { unusedImages, wrongReferences } from './references.ts'
import { absoluteRepository } from './repository.ts'
import { type Config, configSchema } from './schema.ts'

const configFileName = 'slipway.yaml'

/** Far more than a configuration needs: a larger file is something else. */
const maxBytes = 1024 * 1024

export interface LoadedConfig {
  /** Absolute. */
  readonly file: string
  readonly config: Config
  /** Problems that do not keep the configuration from being used. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads and checks a configuration: the file given, or the `slipway.yaml` nearest to a directory
 * on the way up to the root.
 *
 * @throws ConfigError with all problems
 */
export async function loadConfig(
  options: { readonly file?: string | undefined; readonly directory?: string } = {},
): Promise<LoadedConfig> {
  const directory = options.directory ?? process.cwd()
  const found =
    options.file === undefined
      ? await nearest(directory)
      : { file: resolve(directory, options.file), bytes: await read(directory, options.file) }
  if (found === undefined) throw notFound(directory)
  const shown = shownAs(found.file, directory)
  const { config, warnings } = parseConfig(decode(found.bytes, shown), shown)
  if (config.repository === undefined) return { file: found.file, config, warnings }
  const repository = absoluteRepository(config.repository, dirname(found.file))
  return { file: found.file, config: { ...config, repository }, warnings }
}

/**
 * Checks the text of a configuration.
 *
 * @param file its name in messages
 * @throws ConfigError with all problems
 */
export function parseConfig(text: string, file: string): Omit<LoadedConfig, 'file'> {
  const yaml = readYaml(text)
  if (yaml.kind === 'malformed') {
    throw new ConfigError(yaml.problems.map((problem) => ({ file, path: '', ...problem })))
  }
  const { document } = yaml
  if (document.value === null || document.value === undefined) {
    const message = 'found an empty file, expected a configuration; start with "project: <name>"'
    throw new ConfigError([{ file, path: '', message }])
  }
  const at = (one: { path: Path; about: 'key' | 'value'; message: string }): Problem => ({
    file,
    position: one.about === 'key' ? document.keyAt(one.path) : document.valueAt(one.path),
    path: one.path.join('.'),
    message: one.message,
  })
  const names = outline(document.value)
  const parsed = configSchema.safeParse(document.value)
  const issues = (parsed.error?.issues ?? []).flatMap((issue) =>
    describeIssue(issue, document.value, knownKeys),
  )
  const problems = [...issues, ...wrongReferences(names)].map(at)
  if (!parsed.success || problems.length > 0) throw new ConfigError(inFileOrder(problems))
  const warnings = unusedImages(names).map((image) =>
    at({
      path: ['images', image],
      about: 'key',
      message: 'no service runs this image, so it is not built',
    }),
  )
  return { config: parsed.data, warnings }
}

/** The path of the `slipway.yaml` nearest to a directory on the way up; `undefined` without one. */
export async function findConfig(directory = process.cwd()): Promise<string | undefined> {
  return (await nearest(directory))?.file
}

async function nearest(
  directory: string,
): Promise<{ readonly file: string; readonly bytes: Uint8Array } | undefined> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const file = join(at, configFileName)
    const bytes = await readIfThere(file, shownAs(file, directory))
    if (bytes !== undefined) return { file, bytes }
    if (at === dirname(at)) return undefined
  }
}

function notFound(directory: string): ConfigError {
  const message = `not found in ${resolve(directory)} or any folder above it; change to a folder that has one, pass its path with --config, or write one (docs/reference/configuration.md)`
  return new ConfigError([{ file: configFileName, path: '', message }])
}

async function read(directory: string, file: string): Promise<Uint8Array> {
  const bytes = await readIfThere(resolve(directory, file), file)
  if (bytes !== undefined) return bytes
  throw new ConfigError([
    { file, path: '', message: 'there is no such file; pass the path of one with --config' },
  ])
}

async function readIfThere(file: string, shown: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const message =
      code === 'EISDIR' ? 'found a folder, expected a file' : `cannot be read: ${code}`
    throw new ConfigError([{ file: shown, path: '', message }])
  }
}

function decode(bytes: Uint8Array, file: string): string {
  const fail = (message: string): never => {
    throw new ConfigError([{ file, path: '', message }])
  }
  if (bytes.byteLength > maxBytes) {
    return fail(`found ${bytes.byteLength} bytes, expected at most ${maxBytes}`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return fail('found bytes that are not UTF-8, expected a text file')
  }
}

/** Relative if that is shorter. */
function shownAs(file: string, directory: string): string {
  const path = relative(directory, file)
  return path.length < file.length ? path : file
}
