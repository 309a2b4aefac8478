import type { DockerEngine } from './docker-engine.ts'

/** The last lines of a container, of both its outputs in the order in which they came. */
export async function readLogs(engine: DockerEngine, id: string, lines: number): Promise<string[]> {
  const stream = await engine.call('GET', `/containers/${id}/logs`, {
    query: { stdout: '1', stderr: '1', tail: String(lines) },
  })
  const text = unframe(stream).toString('utf8')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/**
 * Without a terminal, the engine sends each piece behind eight bytes: which output it is of,
 * three zeros, and its length.
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
