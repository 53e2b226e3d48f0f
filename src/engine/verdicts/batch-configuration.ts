import { InvariantError } from '../../core/errors.js';
import type { OpenBatch } from '../../queue/ledger/batches.js';
import {
  fixBatchConfiguration,
  keepConfiguration,
  storedConfiguration,
} from '../../queue/ledger/configurations.js';
import type { Session } from '../../queue/ledger/session.js';
import type { EngineContext } from '../context.js';

/** The frozen configuration that a batch began with, as JSON; null: today's is the same. It goes on as it began. */
export async function otherConfiguration(context: EngineContext, batch: OpenBatch): Promise<string | null> {
  const { config_hash: hash } = batch;
  if (hash === null || hash === context.config.frozen.hash) return null;
  const stored = await storedConfiguration(context.database, hash);
  if (stored === undefined) throw new InvariantError(`configuration ${hash} is not kept any more`);
  return stored;
}

/** A batch begins with today's, in the transaction of its first verdicts. */
export async function fixConfiguration(
  context: EngineContext,
  session: Session,
  batch: OpenBatch,
  now: string,
): Promise<void> {
  if (batch.config_hash !== null) return;
  const { hash, json } = context.config.frozen;
  await keepConfiguration(session, hash, json, now);
  await fixBatchConfiguration(session, batch.batch_id, hash);
}
