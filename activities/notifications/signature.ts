import { createHmac } from 'node:crypto'

/**
 * The headers that Standard Webhooks 1.0.0 has a delivery carry: an id that stays the same over
 * all tries, the time of this try in seconds, and, with a secret, what signs both and the body.
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
 * The key in a secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in Base64.
 * `undefined` where it is none.
 */
export function keyOf(secret: string): Buffer | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  if (base64 === undefined) return undefined
  const key = Buffer.from(base64, 'base64')
  return key.length >= 24 && key.length <= 64 ? key : undefined
}
