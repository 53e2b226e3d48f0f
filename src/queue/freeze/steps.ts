import { DAY } from '../../core/clock.js';
import type { SourceConfig } from '../../core/config.js';
import { shiftLocalText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { sqlWithColumns } from '../../db/sql.js';
import { writeWatermark } from '../ledger/watermarks.js';
import { type Clocks, type FreezeSource, OTHER_TABLES, runOn, SOURCE, type TableCount } from './source.js';
import { beforeOverlap } from './start.js';

/** Adds what the snapshot does not show. Returns since when everything was compared, if it was, else null. */
export async function sweep(
  source: FreezeSource,
  config: SourceConfig,
  facts: ReadonlyMap<string, string>,
  start: string,
  clocks: Clocks,
): Promise<string | null> {
  const { session } = source;
  const first = facts.get('first') ?? start;
  if (!facts.has('first')) await writeWatermark(session, SOURCE, 'first', start);
  await source.bringOpenOrders(first);
  await runOn(source, 'freeze/candidates_sweep', { first });
  const lastFull = facts.get('full-sweep');
  const due = lastFull === undefined || lastFull.slice(0, 10) < clocks.exigo_now.slice(0, 10);
  if (!due) return null;
  const horizon = shiftLocalText(clocks.exigo_now, -Math.max(config.sweepHorizonMs, DAY));
  const since = horizon > first ? horizon : first;
  await source.bringOrders(since);
  await runOn(source, 'freeze/candidates_horizon', { horizon: since });
  await writeWatermark(session, SOURCE, 'full-sweep', clocks.exigo_now);
  return since;
}

/**
 * Rows of the four other tables: each since its own watermark, however long it stalled, and with the nightly
 * sweep since its horizon. The retention keeps what may be asked for again from `rows-since/<table>` on.
 */
export async function takeOtherRows(
  source: FreezeSource,
  config: SourceConfig,
  watermarks: ReadonlyMap<string, string>,
  exigoNow: string,
  start: string,
  sweptSince: string | null,
): Promise<void> {
  const { session } = source;
  for (const [table, key] of OTHER_TABLES) {
    const watermark = watermarks.get(table) ?? exigoNow;
    const own = beforeOverlap(watermark < exigoNow ? watermark : exigoNow, config.overlapMs);
    const since = [start, own, sweptSince ?? start].reduce((a, b) => (a < b ? a : b));
    await source.bringStamps(table, since);
    await session.later(
      sqlWithColumns(session.engine, 'freeze/queued_rows', { table, key, frozen: `frozen_${table}` }),
      { table, since },
    );
    if (sweptSince !== null) await writeWatermark(session, SOURCE, `rows-since/${table}`, since);
  }
}

export async function advanceWatermarks(
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
