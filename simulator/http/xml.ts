/**
 * Writes plain data as the XML of AWS's query protocol: a list becomes `<member>` elements, a
 * `Date` an ISO 8601 time; `undefined` is omitted.
 */
export function toXml(name: string, value: unknown, attributes = ''): string {
  if (value === undefined || value === null) return ''
  return `<${name}${attributes}>${content(value)}</${name}>`
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map((member) => toXml('member', member)).join('')
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, field]) => toXml(name, field))
      .join('')
  return escape(String(value))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would turn a bare carriage return into a line feed.
  '\r': '&#13;',
}

function escape(text: string): string {
  return (
    text
      // XML 1.0 cannot represent these.
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"\r]/g, (character) => entities[character] ?? character)
  )
}
