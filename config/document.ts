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

/** A YAML file that was read: its plain value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown
  /** Of the value at a path; of the nearest part above it where there is none. */
  valueAt(path: Path): Position
  /** Of the key at a path: where the name itself is what is wrong. */
  keyAt(path: Path): Position
}

export type ReadYaml =
  | { readonly kind: 'read'; readonly document: YamlDocument }
  | {
      readonly kind: 'malformed'
      readonly problems: readonly { readonly position: Position; readonly message: string }[]
    }

/** A file of aliases to aliases can stand for gigabytes; no honest one comes near this many. */
const maxAliasCount = 50

/** Reads YAML 1.2. Duplicate keys, tabs and more than one document are problems, not guesses. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (parsed.errors.length > 0) {
    // One slip often derails the parser for lines on end; what follows on the same line is noise.
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
  const odd = unusable(parsed)
  if (odd !== undefined) {
    return { kind: 'malformed', problems: [{ position: at(odd.offset), message: odd.message }] }
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
      ? `found aliases that stand for more than ${maxAliasCount} copies; write the values out`
      : why
    return { kind: 'malformed', problems: [{ position: at(0), message }] }
  }
}

/** What the parser lets pass, though no value can be made of it that is safe to use. */
function unusable(parsed: Document): { offset: number; message: string } | undefined {
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
      const message = `found the alias "*${alias.source}", and no "&${alias.source}" before it`
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

/** A mapping or list is told apart by its key; a scalar by itself. An empty value has no text. */
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
  DUPLICATE_KEY: 'found a key that stands here a second time; keep one of the two',
  TAB_AS_INDENT: 'found a tab as indentation, which YAML does not allow; use spaces',
  MULTIPLE_DOCS: 'found a second document ("---"), expected one; remove it',
}

function describe(error: YAMLError): string {
  const plain = error.message.replace(/\s+/g, ' ').trim()
  return described[error.code] ?? `found malformed YAML: ${plain}`
}
