import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineSplitter } from '../../../../activities/process/lines.ts'

function linesOf(...chunks: readonly string[]): string[] {
  const lines: string[] = []
  const splitter = lineSplitter((line) => lines.push(line))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk))
  splitter.end()
  return lines
}

test('a long line is split, whether it arrives whole, in parts or without an end', () => {
  const long = 'x'.repeat(10_000)
  const parts = [long.slice(0, 5_000), `${long.slice(5_000)}\n`]
  for (const chunks of [[`${long}\n`], [long], parts, [`before\n${long}\nafter\n`]]) {
    const lines = linesOf(...chunks)
    assert.ok(lines.every((line) => line.length <= 4_096))
    assert.equal(lines.filter((line) => line.startsWith('x')).join(''), long)
  }
})
