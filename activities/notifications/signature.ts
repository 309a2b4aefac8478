import { createHmac } from 'node:crypto'

/**
 * The headers of Standard Webhooks 1.0.0: an id that stays the same for all attempts, the time of
 * this attempt in seconds, and, with a key, a signature of both and of the body.
 */
export function webhookHeaders(
  id: string,
  now: number,
  body: string,
  key: Buffer | undefined,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (key === undefined) return headers
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}

/**
 * The key in a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in Base64. Undefined if the
 * text is not such a secret.
 */
export function keyOf(secret: string): Buffer | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  if (base64 === undefined) return undefined
  const key = Buffer.from(base64, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : undefined
}
