import { DAY } from '../core/clock.js';
import type { RetentionConfig } from '../core/config.js';
import { fromUtcText, toUtcText } from '../core/time.js';
import type { Answer, Engine, Request, Session } from '../db/database.js';
import { sql, sqlWithColumns } from '../db/sql.js';
import { blankColumns } from './blank-columns.js';
import { signVersions } from './freeze/versions.js';
import { pruneCycles } from './ledger/cycles.js';
import { readFacts, watermarksRequest, writeWatermark } from './ledger/watermarks.js';

const SCOPE = 'retention';
const TEXTS = 90 * DAY;
/** Stands where a text was that is not kept any more. */
export const NOT_KEPT = 'not kept any more (retention.texts)';

/** When it was pruned last; {@link pruneIsDue} reads the answer. */
export function lastPrune(engine: Engine): Request {
  return watermarksRequest(engine, SCOPE);
}

/** Once a day. */
export function pruneIsDue(answer: Answer | undefined, nowMs: number): boolean {
  const last = readFacts(answer).get('pruned');
  return last === undefined || nowMs - fromUtcText(last) >= DAY;
}

/**
 * Deletes what an unfinished batch, a held item or a file does not need: frozen rows older than their retention, the texts
 * of what is settled, and the ledger of closed batches older than the longest one. Order links stay for good.
 */
export async function prune(session: Session, retention: RetentionConfig, nowMs: number): Promise<void> {
  const values = {
    now: toUtcText(nowMs),
    frozen_before: toUtcText(nowMs - retention.frozenMs),
    handed_over_before: toUtcText(nowMs - retention.handedOverMs),
    texts_before: toUtcText(nowMs - (retention.textsMs ?? TEXTS)),
    ledger_before: toUtcText(nowMs - (retention.ledgerMs ?? retention.handedOverMs)),
    removed: NOT_KEPT,
  };
  const inbox = { inbox_before: inboxBefore(retention, nowMs) };
  await session.run(sql(session.engine, 'retention/list_old'), values);
  const old = await session.get<{ n: number }>(sql(session.engine, 'retention/count_old'));
  // Without any, a server would take its second or two to plan them all the same.
  if (old !== undefined && old.n > 0) {
    await signVersions(session);
    await session.run(sql(session.engine, 'retention/prune_frozen'), values);
    await blankKept(session);
  }
  // Before the ledger, which knows what waits.
  await session.run(sql(session.engine, 'retention/prune_inbox_rows'), inbox);
  await session.run(sql(session.engine, 'retention/prune_inbox_tracking'));
  await session.run(sql(session.engine, 'retention/prune_texts'), values);
  await session.run(sql(session.engine, 'retention/prune_ledger'), values);
  await pruneCycles(session, values.frozen_before);
  await writeWatermark(session, SCOPE, 'pruned', values.now);
}

/** A file of a 3PL of which no row is kept any more. */
export interface PrunedInboxFile {
  readonly file_id: number;
  /** Its copy, relative to the state directory; null where it was never made. */
  readonly archive: string | null;
}

/** Files whose copies can go. They are listed until {@link inboxFilesPruned} notes that they have. */
export async function inboxFilesWithoutRows(
  session: Session,
  retention: RetentionConfig,
  nowMs: number,
): Promise<PrunedInboxFile[]> {
  return session.all<PrunedInboxFile>(sql(session.engine, 'retention/inbox_files_without_rows'), {
    inbox_before: inboxBefore(retention, nowMs),
  });
}

export async function inboxFilesPruned(
  session: Session,
  fileIds: readonly number[],
  now: string,
): Promise<void> {
  const values = { file_ids: JSON.stringify(fileIds), now };
  await session.run(sql(session.engine, 'retention/prune_inbox_files'), values);
}

function inboxBefore({ inboxMs, handedOverMs }: RetentionConfig, nowMs: number): string {
  return toUtcText(nowMs - (inboxMs ?? handedOverMs));
}

const BLANKED = {
  Customers: 'retention/blank_customers',
  Payments: 'retention/blank_payments',
  CustomerAccounts: 'retention/blank_others',
  CustomerSites: 'retention/blank_others',
} as const;

/** A row that stays because the freeze may ask for it says no more than that it was there. */
async function blankKept(session: Session): Promise<void> {
  for (const [table, name] of Object.entries(BLANKED)) {
    const blank = await blankColumns(session, table as keyof typeof BLANKED);
    if (blank === null) continue;
    await session.run(sqlWithColumns(session.engine, name, { blank, table: `frozen_${table}` }));
  }
}
