/**
 * The words of a reason that say what happened: in lower case, and without the names of services,
 * roles, images, secrets, files and addresses, any of which may contain `timeout` or `denied`.
 */
export function wordsOf(said: string): string {
  return said
    .replaceAll('\\', '')
    .replaceAll('’', "'")
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(?:\(service [^)]*\)|service \S+) /, '')
    .replaceAll(/\barn:[^\s,]+/g, '<arn>')
    .replaceAll(/"[^"]*"/g, '<name>')
    .replaceAll(/(?<=^|[\s(])'[^']*'/g, '<name>')
    .replaceAll(/(?<=^|[\s(])(?!i\/o\b)[^\s/<]*\/\S*?(?=\.{3}|\s|$)/g, '<path>')
    .replaceAll(/\(elb [^)]*\)/g, '(elb <name>)')
    .replaceAll(/\b(image|repository) \S+(?= not found)/g, '$1 <name>')
    .replaceAll(/\binvalid path: \S+/g, 'invalid path: <name>')
    .replaceAll(/\bjson key \S+/g, 'json key <name>')
    .replaceAll(/\bpull access denied for [^\s,]+/g, 'pull access denied for <name>')
}
