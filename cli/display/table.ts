import { stripVTControlCharacters } from 'node:util'

/**
 * Rows in columns as wide as their widest cell, two spaces apart. Colours in cells take no room.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width(cell))
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function width(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length
}
