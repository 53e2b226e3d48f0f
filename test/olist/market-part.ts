import { createHash } from 'node:crypto';

/** Of three orders one was sold on a marketplace: which ones goes by a hash of their id, so it is always the same. */
export function isOfMarketplace(orderId: string): boolean {
  return createHash('sha256').update(orderId, 'utf8').digest().readUInt32BE(0) % 3 === 0;
}
