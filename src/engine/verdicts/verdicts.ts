import { faultPoint } from '../../core/fault-points.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../../queue/ledger/batches.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { type Decision, decideItems, insertItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { fixConfiguration } from './batch-configuration.js';

export interface Undecided {
  /** Null for an item of a change set: it is made with its verdict. One that a person asked for is there. */
  readonly item_id: number | null;
  readonly item_key: string;
  readonly order_id: number | null;
  readonly change_set_id: number;
  readonly generation: number;
}

export interface Decided<Item extends Undecided> {
  readonly item: Item;
  readonly decision: Decision;
}

/** What a kind of item has of its own; the pages, their transactions and the ledger are the same for all. */
export interface Deciding<Item extends Undecided, One extends Decided<Item>> {
  /** The items after `last`, in the order of their keys; at first those that a killed run left. */
  next(last: Item | undefined): Promise<readonly Item[]>;
  /** Reads what they are and what was done for them, outside the transaction. */
  decide(page: readonly Item[]): Promise<readonly One[]>;
  /** What gives way to the new verdicts, in their transaction. */
  before(session: Session, decided: readonly One[], now: string): Promise<void>;
  /** What follows from them, in the same. */
  after(session: Session, decided: readonly One[], now: string): Promise<void>;
}

/** Gives every item of a batch its verdict, page by page; goes on where a killed run stopped. */
export async function giveVerdicts<Item extends Undecided, One extends Decided<Item>>(
  { context, lease, pipeline, batch }: Judging,
  deciding: Deciding<Item, One>,
): Promise<void> {
  for (let done = 0, last: Item | undefined; ; ) {
    assertGoingOn(context.signal);
    const page = await deciding.next(last);
    last = page.at(-1);
    if (last === undefined) break;
    const decided = await deciding.decide(page);
    await lease.transaction(async (session) => {
      const now = toUtcText(context.clock.now());
      await fixConfiguration(context, session, batch, now);
      await deciding.before(session, decided, now);
      await record(session, pipeline, batch.batch_id, decided, now);
      await deciding.after(session, decided, now);
      await faultPoint('transform/before-commit');
    });
    await faultPoint('transform/after-commit');
    done += page.length;
    context.progress('transform', done, batch.items_frozen);
  }
  await lease.transaction((session) => markTransformed(session, batch.batch_id));
  await faultPoint('transform/after-batch');
}

export interface Judging {
  readonly context: EngineContext;
  readonly lease: Lease;
  /** Its name. */
  readonly pipeline: string;
  readonly batch: OpenBatch;
}

async function record(
  session: Session,
  pipeline: string,
  batchId: number,
  decided: readonly Decided<Undecided>[],
  now: string,
): Promise<void> {
  await decideItems(
    session,
    decided.flatMap(({ item, decision }) =>
      item.item_id === null ? [] : [{ itemId: item.item_id, decision }],
    ),
    now,
  );
  await insertItems(
    session,
    decided
      .filter(({ item }) => item.item_id === null)
      .map(({ item, decision }) => ({
        batchId,
        pipeline,
        key: item.item_key,
        orderId: item.order_id,
        changeSetId: item.change_set_id,
        generation: item.generation,
        decision,
      })),
    now,
  );
  for (const { item, decision } of decided) {
    if (decision.state !== 'held') continue;
    const about = item.order_id === null ? { itemKey: item.item_key } : { orderId: item.order_id };
    const message = `${decision.code}: ${decision.reason}`;
    await insertEvent(session, { at: now, kind: 'held', pipeline, batchId, ...about, message });
  }
}
