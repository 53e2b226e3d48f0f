import { InvariantError } from '../../core/errors.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export async function beginRun(session: Session, pipeline: string, now: string): Promise<number> {
  const row = await session.get<{ run_id: number }>(sql(session.engine, 'ledger/insert_run'), {
    pipeline,
    now,
  });
  if (row === undefined) throw new InvariantError('ledger/insert_run gave no row');
  return row.run_id;
}

export async function endRun(
  session: Session,
  runId: number,
  outcome: 'done' | 'failed' | 'stopped',
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/end_run'), { run_id: runId, outcome, now });
}
