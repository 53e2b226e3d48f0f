import { TRIED_AGAIN } from '../../queue/reads/waiting.js';

/** An item as its history shows it. */
export interface PastItem {
  readonly item_id: number;
  readonly pipeline: string;
  readonly item_key: string;
  readonly state: string;
  readonly code: string | null;
  readonly settled_utc: string | null;
  readonly resolution: string | null;
}

export interface HeldSince {
  /** UTC text. */
  readonly first_utc: string;
  /** How often it was held or failed for this reason without anything else between. */
  readonly times: number;
}

/**
 * Since when something waits for one and the same reason: an order that is held again in every batch is as old as the
 * first of them. What a person closed begins anew. Pure; `history`: items of the same order or key, in
 * any order; those of another key, such as another return of the order, do not count.
 */
export function heldSince(
  waits: {
    readonly item_id: number;
    readonly pipeline: string;
    readonly item_key: string;
    readonly code: string;
    readonly settled_utc: string;
  },
  history: readonly PastItem[],
): HeldSince {
  let first = waits.settled_utc;
  let times = 1;
  const earlier = history
    .filter(
      ({ pipeline, item_key, item_id }) =>
        pipeline === waits.pipeline && item_key === waits.item_key && item_id < waits.item_id,
    )
    .sort((a, b) => b.item_id - a.item_id);
  for (const { code, resolution, settled_utc } of earlier) {
    const same = code === waits.code && settled_utc !== null && TRIED_AGAIN.includes(resolution ?? '');
    if (!same) break;
    first = settled_utc < first ? settled_utc : first;
    times++;
  }
  return { first_utc: first, times };
}
