import { DAY } from '../../src/core/clock.js';
import { dropWaiting } from '../../src/engine/persons/drop.js';
import { entryPages } from '../../src/engine/persons/entries.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import type { House } from '../support/house.js';

/** What a person settles with the warehouse or the customer; anything else must go through by itself, or by another try. */
const SETTLED_BY_HAND: ReadonlySet<string> = new Set([
  'REFUSED_BY_3PL',
  'CANCELED_BY_3PL',
  'CANCELED_AFTER_HAND_OVER',
  'TOO_LATE',
  'SHIPPED_BUT_CANCELED',
  'UPDATE_REFUSED',
]);
const OLD = DAY;

/** Looks at the error list in the morning: what is a day old is settled by hand and dropped, the rest tried again. */
export class Person {
  /** Orders and documents by their key, and the codes under which they were dropped. */
  readonly settled = new Map<string, string>();

  constructor(private readonly house: House) {}

  async lookAtErrors(): Promise<void> {
    const context = this.house.context();
    try {
      const filter = { olderThanMs: OLD };
      for (const code of SETTLED_BY_HAND) {
        for await (const entries of entryPages(context, { ...filter, code })) {
          for (const entry of entries) this.settled.set(String(entry.order_id ?? entry.item_key), code);
        }
        await dropWaiting(context, { ...filter, code }, { by: 'ann', reason: 'settled by telephone' });
      }
      await retryWaiting(context, {});
    } finally {
      await context.close();
    }
  }
}
