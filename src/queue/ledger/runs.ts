import type { Answer, Engine, Request } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** Whose run it is: nothing is written when the lease was taken. */
interface Holder {
  readonly lease: string;
  readonly token: number;
}

/** A run begins; {@link runIdOf} reads the answer. `now`: UTC text. */
export function beginRun(engine: Engine, pipeline: string, now: string, holder: Holder): Request {
  return { statement: sql(engine, 'ledger/insert_run'), parameters: { pipeline, now, ...holder } };
}

/** Null when the lease was taken. */
export function runIdOf(answer: Answer | undefined): number | null {
  const id = answer?.rows[0]?.run_id;
  return typeof id === 'number' ? id : null;
}

/** A run ends. */
export function endRun(
  engine: Engine,
  run: Holder & {
    readonly runId: number;
    readonly outcome: 'done' | 'failed' | 'stopped';
    readonly now: string;
  },
): Request {
  const { runId: run_id, ...rest } = run;
  return { statement: sql(engine, 'ledger/end_run'), parameters: { run_id, ...rest } };
}
