import { DAY } from '../core/clock.js';
import type { RetentionConfig } from '../core/config.js';
import { fromUtcText, toUtcText } from '../core/time.js';
import type { Session } from '../db/database.js';
import { sql } from '../db/sql.js';
import { readWatermarks, writeWatermark } from './ledger/watermarks.js';

const SCOPE = 'retention';

/** Prunes once a day; what an unfinished batch, a held item or a file needs is never touched. */
export async function pruneIfDue(session: Session, retention: RetentionConfig, nowMs: number): Promise<void> {
  const last = (await readWatermarks(session, SCOPE)).get('pruned');
  if (last !== undefined && nowMs - fromUtcText(last) < DAY) return;
  await prune(session, retention, nowMs);
}

/**
 * Deletes frozen rows older than the retention, and the ledger of closed batches older than the longer one.
 * Order links stay for good.
 */
export async function prune(session: Session, retention: RetentionConfig, nowMs: number): Promise<void> {
  const values = {
    now: toUtcText(nowMs),
    frozen_before: toUtcText(nowMs - retention.frozenMs),
    handed_over_before: toUtcText(nowMs - retention.handedOverMs),
  };
  await session.run(sql(session.engine, 'retention/prune_frozen'), values);
  await session.run(sql(session.engine, 'retention/prune_ledger'), values);
  await writeWatermark(session, SCOPE, 'pruned', values.now);
}
