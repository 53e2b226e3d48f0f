import { UsageError } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { type UnknownOutcome, unknownOutcomes } from '../../queue/reads/unknown-outcomes.js';
import { type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import { NOT_ANSWERED } from '../answers/not-answered.js';
import type { EngineContext } from '../context.js';
import { type EntryFilter, entryPages } from './entries.js';
import { leaveAsIs } from './persons.js';

/** Stays in the timeline. */
export interface DropWhy {
  /** Who: a name a colleague knows. */
  readonly by: string;
  readonly reason: string;
}

export interface Dropped {
  readonly dropped: number;
  /** Those that were left, with why; the first {@link NAMED}. */
  readonly left: readonly { readonly key: string; readonly why: string }[];
  readonly leftInAll: number;
}

const NAMED = 20;
/** SQL Server limits what a statement may name, and a transaction should be short. */
const PAGE = 500;

/**
 * Takes entries out of the error list for good: what waits is left as it is, as "release --as ignore" does, whatever kind
 * of item it is. A newer version of an order is looked at anew. What has an act under way whose outcome is not known is
 * left: whether it happened decides what is to be done about it. Throws UsageError when nothing that was named waits.
 */
export async function dropWaiting(
  context: EngineContext,
  filter: EntryFilter,
  why: DropWhy,
): Promise<Dropped> {
  if (why.reason.trim() === '')
    throw new UsageError('a reason is needed: it is all that a colleague will know');
  let dropped = 0;
  let leftInAll = 0;
  const left: { key: string; why: string }[] = [];
  for await (const entries of entryPages(context, filter)) {
    const late = entries.filter(({ code }) => code === NOT_ANSWERED);
    const ids = entries.flatMap(({ code, item_id }) => (code === NOT_ANSWERED ? [] : [item_id]));
    const outcome = await context.database.transaction((session) => dropItems(context, session, ids, why));
    dropped += outcome.dropped;
    const notDropped = [
      ...outcome.left,
      ...late.map(({ item_key }) => ({
        key: item_key,
        why: 'it is on its way and goes on when its 3PL answers',
      })),
    ];
    leftInAll += notDropped.length;
    left.push(...notDropped.slice(0, NAMED - left.length));
  }
  const one = filter.orderId ?? filter.itemKey;
  if (one !== undefined && dropped === 0) {
    const [first] = left;
    throw new UsageError(
      first === undefined
        ? `${one} does not wait; see "orderferry explain ${one}"`
        : `${one} is not dropped: ${first.why}`,
    );
  }
  return { dropped, left, leftInAll };
}

async function dropItems(
  context: EngineContext,
  session: Session,
  itemIds: readonly number[],
  why: DropWhy,
): Promise<{ readonly dropped: number; readonly left: { key: string; why: string }[] }> {
  let dropped = 0;
  const left: { key: string; why: string }[] = [];
  for (let from = 0; from < itemIds.length; from += PAGE) {
    const page = itemIds.slice(from, from + PAGE);
    const waiting = await waitingItems(session, { itemIds: page });
    const unknown = await unknownOutcomes(session, page);
    for (const item of waiting) {
      const act = unknown.get(item.item_id);
      if (act === undefined) {
        await dropOne(context, session, item, why);
        dropped++;
      } else left.push({ key: item.item_key, why: underWay(act) });
    }
  }
  return { dropped, left };
}

async function dropOne(
  { pipelines, clock }: EngineContext,
  session: Session,
  item: WaitingItem,
  { by, reason }: DropWhy,
): Promise<void> {
  const { item_id, item_key, order_id, code } = item;
  const now = toUtcText(clock.now());
  const pipeline = pipelines.find(({ name }) => name === item.pipeline);
  const [still] = await waitingItems(session, { itemIds: [item_id] });
  if (still === undefined) return; // an earlier one of the same order took it along
  let outcome = 'left as it is';
  // What the target is taken to know goes with the decision. Returns and marketplace orders have keys of their own: an
  // order may have several that wait, and the one that was chosen is not the newest of them.
  if (order_id !== null && item_key === String(order_id) && pipeline !== undefined) {
    outcome = await leaveAsIs(session, pipeline, order_id, now);
  }
  await resolveItems(session, [item_id], 'IGNORED', now);
  await insertEvent(session, {
    at: now,
    kind: 'dropped',
    pipeline: item.pipeline,
    ...(order_id === null ? { itemKey: item_key } : { orderId: order_id }),
    message: `${by} dropped ${code} (${reason}): ${outcome}`,
  });
}

function underWay({ step, file_name }: UnknownOutcome): string {
  const what = file_name === null ? `a call of step ${step}` : `file ${file_name}`;
  return `${what} is under way, or its outcome is not known yet; the next run finds out, then repeat it`;
}
