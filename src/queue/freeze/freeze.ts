import type { SourceConfig } from '../../core/config.js';
import { faultPoint } from '../../core/fault-points.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { Session, SyncDatabase } from '../../db/database.js';
import { sqlWithColumns } from '../../db/sql.js';
import type { Lease } from '../lease/lease.js';
import { dropWatermark, readWatermarks, writeWatermark } from '../ledger/watermarks.js';
import { type ChangeSet, recordChangeSet, type Subscriber } from './change-set.js';
import { HostedSource } from './hosted-source.js';
import {
  type FreezeSource,
  OTHER_TABLES,
  OwnDatabase,
  type Range,
  readClocks,
  refreshVerified,
  runOn,
  SOURCE,
} from './source.js';
import { freezeStart } from './start.js';
import { advanceWatermarks, sweep, takeOtherRows } from './steps.js';
import { keepChanged } from './versions.js';

export { SOURCE };

/** A sync database that is only read, with our state elsewhere. */
export interface HostedSync {
  readonly database: SyncDatabase;
  /** False in a dry run, which asks dbo for what a snapshot would show. */
  readonly refresh: boolean;
}

const STAMPED = ['Orders', 'Payments', 'Customers', 'CustomerAccounts', 'CustomerSites'] as const;

/** The fact that holds the start of a freeze whose snapshot was asked for and not frozen yet. */
const INTENT = 'intent';

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
  hosted: HostedSync | null = null,
): Promise<ChangeSet> {
  const changeSet =
    hosted === null
      ? await repeatably(lease, (session) => freezeLiveIn(session, config, subscribers))
      : await freezeHosted(lease, config, subscribers, hosted);
  await faultPoint('freeze/after-commit');
  return changeSet;
}

/** The same inside a transaction of the caller, who may roll it back (`--dry-run`). */
export async function freezeLiveIn(
  session: Session,
  config: SourceConfig,
  subscribers: readonly Subscriber[],
  source: FreezeSource = new OwnDatabase(session),
): Promise<ChangeSet> {
  const { columns, facts, versions } = await source.known();
  const clocks = await source.begin();
  const watermarks = stampsOf(facts);
  const start = facts.get(INTENT) ?? freezeStart(watermarks, clocks.exigo_now, config);

  const tables = await source.refresh(start);
  await source.bringSnapshot(start);
  await runOn(source, 'freeze/candidates_queue');
  const sweptSince = await sweep(source, config, facts, start, clocks);
  await source.bringSignatures();
  const settled_before = toUtcText(fromUtcText(clocks.utc_now) - config.settleMs);
  const keep = () => keepChanged(source.session, versions, settled_before);
  await keep();
  await takeOtherRows(source, config, watermarks, clocks.exigo_now, start, sweptSince);
  await advanceWatermarks(session, watermarks, tables, start, clocks.exigo_now);
  if (facts.has(INTENT)) await dropWatermark(session, SOURCE, INTENT);
  await source.bringWhole();
  const changeSet = await recordChangeSet(source.session, {
    source: SOURCE,
    kind: 'live',
    startAt: start,
    endAt: null,
    columns,
    allowSensitive: config.allowSensitive,
    subscribers,
    now: clocks.utc_now,
    keep,
  });
  if (changeSet.ordersFrozen > 0) {
    await runOn(source, 'freeze/record_versions', { change_set_id: changeSet.changeSetId });
  }
  await source.end();
  return changeSet;
}

/**
 * The freeze of a sync database that is only read. The start is committed first, so that a crash repeats it; then
 * one transaction there spans the refresh and all reading, and the one of our state is committed within it. What
 * the vendor's procedure remembers does not count: what was not frozen here is asked for again.
 */
async function freezeHosted(
  lease: Lease,
  config: SourceConfig,
  subscribers: readonly Subscriber[],
  hosted: HostedSync,
): Promise<ChangeSet> {
  const start = await lease.transaction(async (session) => {
    const facts = await readWatermarks(session, SOURCE);
    const known = facts.get(INTENT);
    if (known !== undefined) return known;
    const { exigo_now } = await readClocks(hosted.database);
    const intended = freezeStart(stampsOf(facts), exigo_now, config);
    await writeWatermark(session, SOURCE, INTENT, intended);
    return intended;
  });
  await faultPoint('hosted/after-intent');
  return hosted.database.transaction(async (sync) => {
    const refreshed = hosted.refresh ? { start, tables: await refreshVerified(sync, start) } : null;
    await faultPoint('hosted/after-refresh');
    const changeSet = await inOneTransaction(lease, (session) =>
      freezeLiveIn(
        session,
        config,
        subscribers,
        new HostedSource(session, sync, refreshed, config.allowSensitive),
      ),
    );
    await faultPoint('hosted/after-state-commit');
    return changeSet;
  });
}

/** Freezes one slice of a backfill by ModifiedDate. Reads and writes neither watermarks nor live versions. */
export async function freezeSlice(
  lease: Lease,
  config: SourceConfig,
  slice: Range,
  subscriber: Subscriber,
  hosted: HostedSync | null = null,
): Promise<ChangeSet> {
  const changeSet =
    hosted === null
      ? await repeatably(lease, (session) => freezeSliceIn(session, config, slice, subscriber))
      : await hosted.database.transaction((sync) =>
          inOneTransaction(lease, (session) =>
            freezeSliceIn(
              session,
              config,
              slice,
              subscriber,
              new HostedSource(session, sync, null, config.allowSensitive),
            ),
          ),
        );
  await faultPoint('freeze/after-commit');
  return changeSet;
}

export async function freezeSliceIn(
  session: Session,
  config: SourceConfig,
  slice: Range,
  subscriber: Subscriber,
  source: FreezeSource = new OwnDatabase(session),
): Promise<ChangeSet> {
  const { columns } = await source.known();
  const clocks = await source.begin();
  const range = { start: slice.startAt, end: slice.endAt };
  await source.bringOrders(slice.startAt, slice.endAt);
  await runOn(source, 'freeze/candidates_slice', range);
  const keep = () => runOn(source, 'freeze/keep_all');
  await keep();
  for (const [table, key] of OTHER_TABLES) {
    await source.bringStamps(table, slice.startAt, slice.endAt);
    await source.session.run(sqlWithColumns(session.engine, 'freeze/queued_rows_slice', { table, key }), {
      table,
      ...range,
    });
  }
  await source.bringWhole();
  const changeSet = await recordChangeSet(source.session, {
    source: SOURCE,
    kind: 'backfill',
    startAt: slice.startAt,
    endAt: slice.endAt,
    columns,
    allowSensitive: config.allowSensitive,
    subscribers: [subscriber],
    now: clocks.utc_now,
    keep,
  });
  await source.end();
  return changeSet;
}

/** A freeze of our own database reads and writes nothing else: after a deadlock it is done again, whole. */
async function repeatably<T>(lease: Lease, work: (session: Session) => Promise<T>): Promise<T> {
  return lease.repeatable(async (session) => {
    const done = await work(session);
    await faultPoint('freeze/before-commit');
    return done;
  });
}

async function inOneTransaction<T>(lease: Lease, work: (session: Session) => Promise<T>): Promise<T> {
  return lease.transaction(async (session) => {
    const done = await work(session);
    await faultPoint('freeze/before-commit');
    return done;
  });
}

function stampsOf(facts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...facts].filter(([name]) => (STAMPED as readonly string[]).includes(name)));
}
