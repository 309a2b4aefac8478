/**
 * Sizes in bytes of JSON, as Temporal stores it: it limits payloads, failures and histories in bytes,
 * and one character takes up to six of them (`\u0000`).
 */

/** Bytes of a value as JSON. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '')
}

/** Bytes of a text as UTF-8. */
function utf8Bytes(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // A pair of surrogates takes four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || isSurrogate(code) ? 2 : 3
  }
  return bytes
}

const isSurrogate = (code: number) => code >= 0xd800 && code < 0xe000

/** Bytes of one character as UTF-8. */
export function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x10000 ? 3 : 4
}

const leftOut = ' […] '

/**
 * A text whose JSON takes at most `maxBytes`, without the quotes around it. A longer one loses its
 * middle: the beginning says what it is about, and the end is where programs print why they failed.
 */
export function cut(text: string, maxBytes: number): string {
  // A character takes one to six bytes, so that few texts need to be measured.
  const fits =
    text.length * 6 <= maxBytes || (text.length <= maxBytes && escapedBytes(text) <= maxBytes)
  if (fits) return text
  const half = Math.max(0, Math.floor((maxBytes - utf8Bytes(leftOut)) / 2))
  return `${head(text, half)}${leftOut}${tail(text, half)}`
}

function head(text: string, maxBytes: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += escapedBytes(character)
    if (bytes > maxBytes) break
    end += character.length
  }
  return text.slice(0, end)
}

function tail(text: string, maxBytes: number): string {
  let bytes = 0
  let start = text.length
  while (start > 0) {
    const character = text.slice(isPairBefore(text, start) ? start - 2 : start - 1, start)
    bytes += escapedBytes(character)
    if (bytes > maxBytes) break
    start -= character.length
  }
  return text.slice(start)
}

function isPairBefore(text: string, end: number): boolean {
  return (text.codePointAt(end - 2) ?? 0) > 0xffff
}

/** Bytes of a text in JSON, without the quotes. */
function escapedBytes(text: string): number {
  return jsonBytes(text) - 2
}

/** The first elements of a list whose JSON takes at most `maxBytes` together. */
export function firstThatFit<One>(list: readonly One[], maxBytes: number): readonly One[] {
  // The brackets; each element brings a comma.
  let bytes = 2
  let count = 0
  for (const one of list) {
    bytes += jsonBytes(one) + 1
    if (bytes > maxBytes) break
    count += 1
  }
  return count === list.length ? list : list.slice(0, count)
}
