import {
  type Document,
  type ParsedNode,
  type YAMLError,
  LineCounter,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
} from 'yaml'
import type { Position } from './problem.ts'

/** Keys of mappings and indexes of lists, from the top of the file downwards. */
export type Path = readonly (string | number)[]

/** A parsed YAML file: its plain value, and the position of each part. */
export interface YamlDocument {
  readonly value: unknown
  /** Position of the value at a path or, if there is none, of the nearest part above it. */
  valueAt(path: Path): Position
  /** Position of the key at a path, for problems with the name itself. */
  keyAt(path: Path): Position
}

export type ReadYaml =
  | { readonly kind: 'read'; readonly document: YamlDocument }
  | {
      readonly kind: 'malformed'
      readonly problems: readonly { readonly position: Position; readonly message: string }[]
    }

/** Aliases to aliases can expand to gigabytes. No real file comes near this many. */
const maxAliasCount = 50

/** Reads YAML 1.2. Duplicate keys, tabs and a second document are problems. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (parsed.errors.length > 0) {
    // One mistake often causes several errors on its line: only the first of them helps.
    const problems = parsed.errors.map((error) => ({
      position: at(error.pos[0]),
      message: describe(error),
    }))
    return {
      kind: 'malformed',
      problems: problems.filter(
        (one, index) => one.position.line !== problems[index - 1]?.position.line,
      ),
    }
  }
  const unsafe = findUnsafe(parsed)
  if (unsafe !== undefined) {
    return {
      kind: 'malformed',
      problems: [{ position: at(unsafe.offset), message: unsafe.message }],
    }
  }
  try {
    const value: unknown = parsed.toJS({ maxAliasCount })
    return {
      kind: 'read',
      document: {
        value,
        valueAt: (path) => at(locate(parsed, path, 'value')),
        keyAt: (path) => at(locate(parsed, path, 'key')),
      },
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const message = /alias/i.test(why)
      ? `found aliases that expand to more than ${maxAliasCount} copies; write the values out`
      : why
    return { kind: 'malformed', problems: [{ position: at(0), message }] }
  }
}

/** What the parser accepts although it cannot become a safe value. */
function findUnsafe(parsed: Document): { offset: number; message: string } | undefined {
  let found: { offset: number; message: string } | undefined
  visit(parsed, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return undefined
      const message = 'found the key "__proto__", which no configuration needs; remove it'
      found = { offset: offsetOf(key) ?? 0, message }
      return visit.BREAK
    },
    Alias(_, alias) {
      if (alias.resolve(parsed) !== undefined) return undefined
      const message = `found the alias "*${alias.source}", but no anchor "&${alias.source}" before it`
      found = { offset: offsetOf(alias) ?? 0, message }
      return visit.BREAK
    },
  })
  return found
}

function locate(parsed: Document.Parsed, path: Path, what: 'key' | 'value'): number {
  let node: unknown = parsed.contents
  let offset = offsetOf(node) ?? 0
  for (const [index, segment] of path.entries()) {
    const last = index === path.length - 1
    if (isAlias(node)) node = node.resolve(parsed)
    if (isMap(node)) {
      const pair = node.items.find((one) => isPair(one) && keyText(one.key) === String(segment))
      if (pair === undefined) return offset
      const key = offsetOf(pair.key) ?? offset
      offset = last && what === 'value' && hasText(pair.value) ? (offsetOf(pair.value) ?? key) : key
      node = pair.value
    } else if (isSeq(node) && typeof segment === 'number') {
      node = node.items[segment]
      offset = offsetOf(node) ?? offset
    } else {
      return offset
    }
  }
  return offset
}

/** Whether a value has a position of its own: not a block mapping or list, nor an empty value. */
function hasText(value: unknown): boolean {
  if (isCollection(value)) return value.flow === true
  return !(isScalar(value) && value.value === null && value.source === '')
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key)
}

function offsetOf(node: unknown): number | undefined {
  return (node as ParsedNode | undefined)?.range?.[0]
}

const described: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'found a key for the second time; keep one of the two',
  TAB_AS_INDENT: 'found a tab as indentation, which YAML does not allow; use spaces',
  MULTIPLE_DOCS: 'found a second document ("---"), expected one; remove it',
}

function describe(error: YAMLError): string {
  const plain = error.message.replace(/\s+/g, ' ').trim()
  return described[error.code] ?? `found malformed YAML: ${plain}`
}
