import { DAY } from '../../core/clock.js';
import type { SourceConfig } from '../../core/config.js';
import { FreezeError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { fromUtcText, shiftLocalText, toUtcText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { refreshQueue } from '../../db/queue-refresh.js';
import { sql, sqlWithColumns } from '../../db/sql.js';
import type { Lease } from '../lease/lease.js';
import { readWatermarks, writeWatermark } from '../ledger/watermarks.js';
import { type ChangeSet, recordChangeSet, type Subscriber } from './change-set.js';
import { readSourceColumns } from './columns.js';
import { beforeOverlap, freezeStart } from './start.js';

/** One Exigo database has one queue, so there is one source of this kind per installation. */
export const SOURCE = 'exigo';

const STAMPED = ['Orders', 'Payments', 'Customers', 'CustomerAccounts', 'CustomerSites'] as const;

/** Tables whose rows are frozen by their own stamp, with their keys. */
const OTHER_TABLES = [
  ['Payments', 'PaymentID'],
  ['Customers', 'CustomerID'],
  ['CustomerAccounts', 'CustomerID'],
  ['CustomerSites', 'CustomerID'],
] as const;

interface Clocks {
  readonly utc_now: string;
  readonly exigo_now: string;
}

interface TableCount {
  readonly table_name: string;
  readonly in_queue: number;
  readonly in_dbo: number;
  readonly newest: string | null;
}

/**
 * Freezes what changed since the last time, in one transaction: `queue.Refresh` with a start of ours, the
 * copy of whole aggregates and of the snapshot's rows, the change-set record, the watermarks, and a batch for
 * every subscriber. A crash at any point leaves either all of it or nothing, and the next run repeats the
 * same start. Throws {@link FreezeError} when the snapshot cannot be trusted.
 */
export async function freezeLive(
  lease: Lease,
  config: SourceConfig,
  subscribers: readonly Subscriber[],
): Promise<ChangeSet> {
  const changeSet = await lease.transaction(async (session) => {
    const frozen = await freezeLiveIn(session, config, subscribers);
    await faultPoint('freeze/before-commit');
    return frozen;
  });
  await faultPoint('freeze/after-commit');
  return changeSet;
}

/** The same inside a transaction of the caller, who may roll it back (`--dry-run`). */
export async function freezeLiveIn(
  session: Session,
  config: SourceConfig,
  subscribers: readonly Subscriber[],
): Promise<ChangeSet> {
  const columns = await readSourceColumns(session);
  const clocks = await readClocks(session);
  const facts = await readWatermarks(session, SOURCE);
  const watermarks = new Map([...facts].filter(([name]) => (STAMPED as readonly string[]).includes(name)));
  const start = freezeStart(watermarks, clocks.exigo_now, config);

  await session.run(sql(session.engine, 'freeze/begin'));
  await refreshQueue(session, start);
  const tables = await verifyRefresh(session, start);
  await session.run(sql(session.engine, 'freeze/candidates_queue'));
  const sweptSince = await sweep(session, config, facts, start, clocks);
  await session.run(sql(session.engine, 'freeze/keep_changed'), {
    settled_before: toUtcText(fromUtcText(clocks.utc_now) - config.settleMs),
  });
  await takeOtherRows(session, config, watermarks, clocks.exigo_now, start, sweptSince);
  const changeSet = await recordChangeSet(session, {
    source: SOURCE,
    kind: 'live',
    startAt: start,
    endAt: null,
    columns,
    allowSensitive: config.allowSensitive,
    subscribers,
    now: clocks.utc_now,
  });
  if (changeSet.ordersFrozen > 0) {
    await session.run(sql(session.engine, 'freeze/record_versions'), {
      change_set_id: changeSet.changeSetId,
    });
  }
  await advanceWatermarks(session, watermarks, tables, start, clocks.exigo_now);
  return changeSet;
}

/** Freezes one slice of a backfill by ModifiedDate. Reads and writes neither watermarks nor live versions. */
export async function freezeSlice(
  lease: Lease,
  config: SourceConfig,
  slice: { readonly startAt: string; readonly endAt: string },
  subscriber: Subscriber,
): Promise<ChangeSet> {
  const changeSet = await lease.transaction(async (session) => {
    const frozen = await freezeSliceIn(session, config, slice, subscriber);
    await faultPoint('freeze/before-commit');
    return frozen;
  });
  await faultPoint('freeze/after-commit');
  return changeSet;
}

export async function freezeSliceIn(
  session: Session,
  config: SourceConfig,
  slice: { readonly startAt: string; readonly endAt: string },
  subscriber: Subscriber,
): Promise<ChangeSet> {
  const columns = await readSourceColumns(session);
  const clocks = await readClocks(session);
  const range = { start: slice.startAt, end: slice.endAt };
  await session.run(sql(session.engine, 'freeze/begin'));
  await session.run(sql(session.engine, 'freeze/candidates_slice'), range);
  await session.run(sql(session.engine, 'freeze/keep_all'));
  for (const [table, key] of OTHER_TABLES) {
    await session.run(sqlWithColumns(session.engine, 'freeze/queued_rows_slice', { table, key }), {
      table,
      ...range,
    });
  }
  return recordChangeSet(session, {
    source: SOURCE,
    kind: 'backfill',
    ...slice,
    columns,
    allowSensitive: config.allowSensitive,
    subscribers: [subscriber],
    now: clocks.utc_now,
  });
}

async function readClocks(session: Session): Promise<Clocks> {
  const clocks = await session.get<Clocks>(sql(session.engine, 'freeze/now'));
  if (clocks === undefined) throw new FreezeError('CLOCK', 'the database gave no time; nothing was frozen');
  return clocks;
}

async function verifyRefresh(session: Session, start: string): Promise<readonly TableCount[]> {
  const tables = await session.all<TableCount>(sql(session.engine, 'freeze/verify_refresh'), { start });
  for (const { table_name, in_queue, in_dbo } of tables) {
    if (in_queue < in_dbo) {
      throw new FreezeError(
        'REFRESH_SHORT',
        `queue.Refresh '${start}' left ${in_queue} rows in queue.${table_name}, dbo.${table_name} has ${in_dbo} ` +
          'since then: the snapshot is not trusted, nothing was frozen, the next run repeats the same start',
      );
    }
  }
  return tables;
}

/** Adds what the snapshot does not show. Returns since when everything was compared, if it was, else null. */
async function sweep(
  session: Session,
  config: SourceConfig,
  facts: ReadonlyMap<string, string>,
  start: string,
  clocks: Clocks,
): Promise<string | null> {
  const first = facts.get('first') ?? start;
  if (!facts.has('first')) await writeWatermark(session, SOURCE, 'first', start);
  await session.run(sql(session.engine, 'freeze/candidates_sweep'), { first });
  const lastFull = facts.get('full-sweep');
  const due = lastFull === undefined || lastFull.slice(0, 10) < clocks.exigo_now.slice(0, 10);
  if (!due) return null;
  const horizon = shiftLocalText(clocks.exigo_now, -Math.max(config.sweepHorizonMs, DAY));
  const since = horizon > first ? horizon : first;
  await session.run(sql(session.engine, 'freeze/candidates_horizon'), { horizon: since });
  await writeWatermark(session, SOURCE, 'full-sweep', clocks.exigo_now);
  return since;
}

/**
 * Rows of the four other tables: each since its own watermark, however long it stalled, and with the nightly
 * sweep since its horizon. The retention keeps what may be asked for again from `rows-since/<table>` on.
 */
async function takeOtherRows(
  session: Session,
  config: SourceConfig,
  watermarks: ReadonlyMap<string, string>,
  exigoNow: string,
  start: string,
  sweptSince: string | null,
): Promise<void> {
  for (const [table, key] of OTHER_TABLES) {
    const watermark = watermarks.get(table) ?? exigoNow;
    const own = beforeOverlap(watermark < exigoNow ? watermark : exigoNow, config.overlapMs);
    const since = [start, own, sweptSince ?? start].reduce((a, b) => (a < b ? a : b));
    await session.run(
      sqlWithColumns(session.engine, 'freeze/queued_rows', { table, key, frozen: `frozen_${table}` }),
      { table, since },
    );
    if (sweptSince !== null) await writeWatermark(session, SOURCE, `rows-since/${table}`, since);
  }
}

async function advanceWatermarks(
  session: Session,
  old: ReadonlyMap<string, string>,
  tables: readonly TableCount[],
  start: string,
  exigoNow: string,
): Promise<void> {
  for (const { table_name, newest } of tables) {
    const before = old.get(table_name);
    const seen = newest === null ? (before ?? start) : newest < exigoNow ? newest : exigoNow;
    if (before === undefined || seen > before) await writeWatermark(session, SOURCE, table_name, seen);
  }
}
