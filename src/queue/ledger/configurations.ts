import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Keeps the configuration a batch or wave depends on, under its hash, once. */
export async function keepConfiguration(
  session: Session,
  hash: string,
  json: string,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/insert_configuration'), { hash, json, now });
}

export async function fixBatchConfiguration(session: Session, batchId: number, hash: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/fix_batch_configuration'), {
    batch_id: batchId,
    config_hash: hash,
  });
}

export async function storedConfiguration(session: Session, hash: string): Promise<string | undefined> {
  const row = await session.get<{ json: string }>(sql(session.engine, 'ledger/configuration'), { hash });
  return row?.json;
}
