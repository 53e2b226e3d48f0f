import { UsageError } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import { waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import type { ReleaseAs } from '../persons/persons.js';

/** A person leaves a row of a 3PL's file as it is; there is nothing else to decide on one. */
export async function releaseFault(
  context: EngineContext,
  itemKey: string,
  as: ReleaseAs,
  reason: string | null,
): Promise<string> {
  if (as !== 'ignore') {
    throw new UsageError(
      `${itemKey} is a row of a 3PL's file: it is released as ignore, or read again with "errors retry"`,
    );
  }
  return context.database.transaction(async (session) => {
    const waiting = await waitingItems(session, { itemKey });
    const [item] = waiting;
    if (item === undefined) throw new UsageError(`${itemKey} does not wait; see "orderferry errors list"`);
    const now = toUtcText(context.clock.now());
    const ids = waiting.map(({ item_id }) => item_id);
    await resolveItems(session, ids, 'IGNORED', now);
    const why = reason === null ? '' : ` (${reason})`;
    const message = `a person released it as ignore${why}: ${item.reason}`;
    await insertEvent(session, { at: now, kind: 'released', pipeline: item.pipeline, itemKey, message });
    return `${itemKey}: left as it is`;
  });
}
