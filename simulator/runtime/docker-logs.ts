import type { DockerEngine } from './docker-engine.ts'

/** The last lines of a container, stdout and stderr in the order in which they were written. */
export async function readLogs(engine: DockerEngine, id: string, lines: number): Promise<string[]> {
  const stream = await engine.call('GET', `/containers/${id}/logs`, {
    query: { stdout: '1', stderr: '1', tail: String(lines) },
  })
  const text = unframe(stream).toString('utf8')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/**
 * Without a terminal, the engine prefixes each chunk with eight bytes: the number of the output,
 * three zeros, and the chunk's length.
 */
export function unframe(stream: Buffer): Buffer {
  const pieces: Buffer[] = []
  let at = 0
  while (at + 8 <= stream.length) {
    const length = stream.readUInt32BE(at + 4)
    pieces.push(stream.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return Buffer.concat(pieces)
}
