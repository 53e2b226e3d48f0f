import { createHash } from 'node:crypto';
import type { FrozenConfig } from '../../core/config.js';
import type { GoDataFeedStore } from '../../core/godatafeed.js';

/**
 * What is stored with a batch: the templates as parsed from YAML, the maps of the stores, and the hash of them. Without
 * stores it is what it was before there were any.
 */
export function freezeConfig(
  threePls: readonly unknown[],
  godatafeed: readonly GoDataFeedStore[] = [],
): FrozenConfig {
  const stores = godatafeed.map(({ name, orders, updates }) => ({ name, orders, updates }));
  const json = sortedJson({ threePls, ...(stores.length === 0 ? {} : { stores }) });
  return { threePls, json, hash: createHash('sha256').update(json, 'utf8').digest('hex') };
}

/** JSON with the keys of every object sorted by code unit: the same value always gives the same text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
