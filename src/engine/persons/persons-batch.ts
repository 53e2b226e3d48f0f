import { UsageError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { type BatchKind, insertBatch } from '../../queue/ledger/batches.js';
import { insertNewItems, type NewItem } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { newestVersion } from '../../queue/reads/orders.js';

/** What a person asks for, before it has its batch. */
export type AskedItem = Omit<NewItem, 'batchId' | 'pipeline'>;

/** An order in its newest frozen version; `fallback` is the change set of the version at hand. */
export async function askedOrder(
  session: Session,
  orderId: number,
  generation: number,
  fallback: number | undefined,
): Promise<AskedItem> {
  const changeSetId = (await newestVersion(session, orderId)) ?? fallback;
  if (changeSetId === undefined) throw new UsageError(`order ${orderId} was never frozen here`);
  return { key: String(orderId), orderId, changeSetId, generation };
}

/** A batch that a person made; the next run gives its items their verdicts. Returns its id. */
export async function makePersonsBatch(
  session: Session,
  pipeline: AnyPipeline,
  kind: BatchKind,
  items: readonly AskedItem[],
  now: string,
): Promise<number> {
  const batchId = await insertBatch(session, {
    pipeline: pipeline.name,
    changeSetId: null,
    kind,
    itemsFrozen: items.length,
    itemsUnchanged: 0,
    now,
  });
  await insertNewItems(
    session,
    items.map((item) => ({ ...item, batchId, pipeline: pipeline.name })),
    now,
  );
  return batchId;
}

/** The step that hands over. */
export function firstStep(pipeline: AnyPipeline): string {
  return pipeline.load[0]?.step ?? '';
}
