import type { Wire, WireResponse } from './protocol.ts'

/**
 * Smithy RPC v2 CBOR, which newer CloudWatch clients use. The simulator models no operation of this
 * protocol; this is enough for such a client to show its user a proper error.
 */
export const cborWire: Wire = {
  answer: () => cbor(200, {}),
  failure: (error) => cbor(error.status, { __type: error.code, message: error.message }),
}

function cbor(status: number, fields: Readonly<Record<string, string>>): WireResponse {
  const entries = Object.entries(fields)
  return {
    status,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    // 0xa0 + n opens a map of n < 24 pairs (RFC 8949, section 3.1).
    body: Buffer.concat([
      Buffer.from([0xa0 + entries.length]),
      ...entries.flatMap(([name, value]) => [text(name), text(value)]),
    ]),
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  const head = Buffer.alloc(5)
  head[0] = 0x7a // a text string whose length follows in four bytes
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}
