import { Buffer } from 'node:buffer'

/** Secrets by the name that a failing test prints in place of the value. */
export type Secrets = Readonly<Record<string, string>>

/**
 * The names of the secrets that occur in some text or bytes: as they are, as a URL or a JSON
 * string has them, or in base64, alone or with anything before and behind them.
 */
export function secretsIn(place: string | Uint8Array, secrets: Secrets): readonly string[] {
  const bytes = Buffer.from(place)
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
    .map(([name]) => name)
}

function formsOf(secret: string): readonly string[] {
  const encoded = [0, 1, 2].map((shift) => inBase64(secret, shift))
  const url = encoded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))
  const quoted = JSON.stringify(secret).slice(1, -1)
  return [secret, quoted, encodeURIComponent(secret), ...encoded, ...url]
}

/** Its base64 form after `shift` other bytes, without the digits that those bytes affect. */
function inBase64(secret: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
  return shift === 0 ? whole : whole.slice(4)
}

/** All text in a value that came from Temporal, payloads and everything else, however deep. */
export function textIn(value: unknown): string {
  const found: string[] = []
  const seen = new Set<unknown>()
  const collect = (one: unknown) => {
    if (typeof one === 'string') found.push(one)
    else if (one instanceof Uint8Array) found.push(Buffer.from(one).toString('utf8'))
    else if (typeof one === 'object' && one !== null && !seen.has(one)) {
      seen.add(one)
      const entries = one instanceof Map ? [...one.entries()] : Object.entries(one)
      for (const [key, member] of entries) {
        collect(key)
        collect(member)
      }
    }
  }
  collect(value)
  return found.join('\n')
}
