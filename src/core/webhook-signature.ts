import { createHmac } from 'node:crypto';

/** `sha256=` and the HMAC-SHA256, in hex, of timestamp (seconds since 1970), dot and the bytes of the body: of what we take and send. */
export function webhookSignature(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}
