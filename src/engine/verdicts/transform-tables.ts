import { QUEUE_TABLE_NAMES } from '../../core/exigo-tables.js';
import { faultPoint } from '../../core/fault-points.js';
import { type FrozenTable, reject, type TablePipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { markTransformed, type OpenBatch } from '../../queue/ledger/batches.js';
import { fixBatchConfiguration, keepConfiguration } from '../../queue/ledger/configurations.js';
import { type Decision, insertItems, itemsOf, readyNewItems } from '../../queue/ledger/items.js';
import type { EngineContext } from '../context.js';
import { excluded, held } from './decide.js';
import { NO_MARKETPLACE, NO_NOTICES } from './no-marketplace.js';

/** The business key of a raw table: `12/Orders`, the change set and the table. */
export function tableKey(changeSetId: number, table: string): string {
  return `${changeSetId}/${table}`;
}

/** Gives the six tables of a change set their verdicts; one transaction, as there are only six. */
export async function transformTables(
  context: EngineContext,
  lease: Lease,
  pipeline: TablePipeline,
  batch: OpenBatch,
): Promise<void> {
  const changeSetId = batch.change_set_id;
  const items = changeSetId === null ? [] : await readTables(context, changeSetId);
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await keepConfiguration(session, context.config.frozen.hash, context.config.frozen.json, now);
    await fixBatchConfiguration(session, batch.batch_id, context.config.frozen.hash);
    if (changeSetId === null) await readyNewItems(session, batch.batch_id);
    else if ((await itemsOf(session, batch.batch_id)) === 0) {
      await insertItems(
        session,
        items.map((item) => ({
          batchId: batch.batch_id,
          pipeline: pipeline.name,
          key: tableKey(changeSetId, item.table),
          orderId: null,
          changeSetId,
          generation: 1,
          decision: decideTable(item, pipeline),
        })),
        now,
      );
    }
    await markTransformed(session, batch.batch_id);
    await faultPoint('transform/before-commit');
  });
  await faultPoint('transform/after-commit');
}

async function readTables(context: EngineContext, changeSetId: number): Promise<FrozenTable[]> {
  const tables: FrozenTable[] = [];
  for (const table of QUEUE_TABLE_NAMES) {
    tables.push({ table, rows: await context.tables.count(changeSetId, table) });
  }
  return tables;
}

function decideTable(item: FrozenTable, pipeline: TablePipeline): Decision {
  const route = () => reject('NO_ROUTE', 'a table has no route');
  const verdict = pipeline.transform(item, { ...NO_MARKETPLACE, ...NO_NOTICES, route });
  if (verdict.verdict === 'exclude') return excluded(verdict.code, verdict.reason);
  if (verdict.verdict === 'reject') return held(verdict.code, verdict.reason);
  return { state: 'ready', target: item.table, fingerprint: null, code: null, reason: null };
}
