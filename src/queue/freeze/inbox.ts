import { InvariantError, TransientError } from '../../core/errors.js';
import { counted } from '../../core/text.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { insertBatch } from '../ledger/batches.js';
import { insertEvent } from '../ledger/events.js';
import type { ChangeSet } from './change-set.js';

/** Code of the one row that stands for all further faulty rows of a file. */
export const MORE_FAULTS = 'MORE_FAULTS';

export function inboxSource(threePl: string): string {
  return `inbox/${threePl}`;
}

/** A pipeline that gets a batch of a file: of all that it says, or of what it says came back. */
export interface InboxSubscriber {
  readonly pipeline: string;
  readonly aggregate: 'shipment' | 'return';
}

/**
 * Makes the change set of a file that was read to its end, with a batch per subscriber, in the caller's transaction. Its
 * items are the orders that it says something new of, and the rows that cannot be used.
 */
export async function freezeInboxFile(
  session: Session,
  file: {
    readonly fileId: number;
    readonly threePl: string;
    readonly name: string;
    /** Rows that an earlier file had. */
    readonly repeated: number;
    /** Faulty rows in all, and how many of them have a row of their own. */
    readonly faulty: number;
    readonly mostFaulty: number;
    readonly subscribers: readonly InboxSubscriber[];
    /** UTC text. */
    readonly now: string;
  },
): Promise<ChangeSet> {
  const { fileId, threePl, name, repeated, now } = file;
  if (file.faulty > file.mostFaulty) {
    const more = file.faulty - file.mostFaulty;
    await session.run(sql(session.engine, 'ledger/inbox_more_faults'), {
      file_id: fileId,
      code: MORE_FAULTS,
      fault: `from here on ${counted(more, 'more row')} cannot be used; mend the template or ask for the file again`,
    });
  }
  const statement = sql(session.engine, 'ledger/inbox_file_news');
  const news = await session.get<{ orders: number; faulty: number }>(statement, { file_id: fileId });
  if (news === undefined) throw new InvariantError('ledger/inbox_file_news gave no row');
  const { orders, faulty } = news;
  const source = inboxSource(threePl);
  const row = await session.get<{ change_set_id: number }>(
    sql(session.engine, 'freeze/insert_document_set'),
    { source, kind: 'live', start_at: now, end_at: null, now, frozen: orders, unchanged: repeated },
  );
  if (row === undefined) throw new InvariantError('freeze/insert_document_set gave no row');
  const changeSetId = row.change_set_id;
  const parameters = { file_id: fileId, change_set_id: changeSetId, now };
  if ((await session.run(sql(session.engine, 'ledger/inbox_file_frozen'), parameters)) !== 1) {
    throw new InvariantError(`inbox file ${fileId} is settled already`);
  }
  for (const { pipeline, aggregate } of file.subscribers) {
    if (aggregate === 'return') await makeReturnBatch(session, file, changeSetId, pipeline);
    const itemsFrozen = orders + faulty;
    if (aggregate === 'return' || itemsFrozen === 0) continue;
    const batch = { pipeline, changeSetId, kind: 'live', itemsFrozen, itemsUnchanged: 0, now } as const;
    const batchId = await insertBatch(session, batch);
    const message = `change set ${changeSetId} frozen: ${name} of ${threePl} says something new of ${counted(orders, 'order')}; ${counted(file.faulty, 'row')} cannot be used, ${repeated} an earlier file had`;
    await insertEvent(session, { at: now, kind: 'frozen', pipeline, batchId, message });
  }
  return {
    changeSetId,
    source,
    ordersFrozen: orders,
    ordersUnchanged: 0,
    rawRows: 0,
    startAt: now,
    frozenUtc: now,
  };
}

/**
 * A batch of what a file says came back, and of what waits because less was shipped before it. Its items are made here, as
 * a row that is read again may change later what the file says.
 */
async function makeReturnBatch(
  session: Session,
  file: { readonly fileId: number; readonly threePl: string; readonly name: string; readonly now: string },
  changeSetId: number,
  pipeline: string,
): Promise<void> {
  const { fileId, threePl, name, now } = file;
  const of = { file_id: fileId, three_pl: threePl, pipeline };
  const found = await session.get<{ items: number }>(sql(session.engine, 'ledger/count_returned_items'), of);
  const itemsFrozen = found?.items ?? 0;
  if (itemsFrozen === 0) return;
  const batch = { pipeline, changeSetId, kind: 'live', itemsFrozen, itemsUnchanged: 0, now } as const;
  const batchId = await insertBatch(session, batch);
  const parameters = { ...of, batch_id: batchId, now };
  const made = await session.run(sql(session.engine, 'ledger/insert_returned_items'), parameters);
  if (made !== itemsFrozen) {
    throw new TransientError(
      'MOVED',
      `${name} of ${threePl}: a return was settled meanwhile; the next run goes on`,
    );
  }
  const message = `change set ${changeSetId} frozen: ${name} of ${threePl} speaks of ${counted(itemsFrozen, 'return')}`;
  await insertEvent(session, { at: now, kind: 'frozen', pipeline, batchId, message });
}
