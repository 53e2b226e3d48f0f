import { createHmac } from 'node:crypto';

/**
 * `sha256=` and the HMAC-SHA256, in hex, of each of these words and a dot, and the bytes of the body: of what we take and send.
 * The words are a timestamp (seconds since 1970) and, of what we take, the entry it is for, so that a call for one entry is
 * none for another; neither may have a dot in it.
 */
export function webhookSignature(
  secret: string,
  words: readonly string[],
  body: Uint8Array | string,
): string {
  const hmac = createHmac('sha256', secret);
  for (const word of words) hmac.update(`${word}.`);
  return `sha256=${hmac.update(body).digest('hex')}`;
}
