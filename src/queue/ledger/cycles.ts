import type { Request, Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export type CycleState = 'running' | 'done' | 'failed' | 'stopped' | 'merged';
export type CycleCause = 'tick' | 'catch-up' | 'webhook';

/** An entry of the schedule as the database has it; times are UTC text. */
export interface ScheduleRow {
  readonly entry: string;
  readonly decided_utc: string;
  readonly asked_utc: string | null;
  readonly skipped: number;
  readonly skipped_utc: string | null;
}

export interface CycleRow {
  readonly entry: string;
  readonly due_utc: string;
  readonly state: CycleState;
  readonly cause: CycleCause;
  readonly first_due_utc: string;
  readonly stands_for: number;
  readonly begun: number;
  readonly token: number;
  readonly holder: string;
  readonly claimed_utc: string;
  readonly ended_utc: string | null;
  /** JSON. */
  readonly detail: string | null;
}

/** An entry and its cycles that have not ended, oldest first, as one reading. */
export async function readEntry(
  session: Session,
  entry: string,
): Promise<{ readonly row: ScheduleRow | null; readonly open: readonly CycleRow[] }> {
  const [row, open] = await session.several(
    ['schedule/read', 'schedule/open_cycles'].map((name) => ({
      statement: sql(session.engine, name),
      parameters: { entry },
    })),
  );
  return {
    row: (row?.rows[0] as unknown as ScheduleRow | undefined) ?? null,
    open: (open?.rows ?? []) as unknown as CycleRow[],
  };
}

/** The first time an entry is seen, what was due before is nobody's. */
export async function registerEntry(session: Session, entry: string, now: string): Promise<void> {
  await session.run(sql(session.engine, 'schedule/register'), { entry, now });
}

/** False when another process was quicker. */
export async function decide(session: Session, row: ScheduleRow, decided: string): Promise<boolean> {
  const { entry, decided_utc: before, asked_utc: asked } = row;
  return (await session.run(sql(session.engine, 'schedule/decide'), { entry, decided, before, asked })) === 1;
}

/** False when another process has counted them, or nothing runs any more. */
export async function skip(
  session: Session,
  row: ScheduleRow,
  skipped: { readonly decided: string; readonly times: number },
): Promise<boolean> {
  const { entry, decided_utc: before } = row;
  return (await session.run(sql(session.engine, 'schedule/skip'), { entry, before, ...skipped })) === 1;
}

/** What a clock that was ahead has decided for the future is due again. */
export async function setBack(session: Session, row: ScheduleRow, now: string): Promise<void> {
  const { entry, decided_utc: before } = row;
  await session.run(sql(session.engine, 'schedule/set_back'), { entry, before, now });
}

/** A cycle begins. A duplicate key means that it has begun already. */
export async function beginCycle(
  session: Session,
  cycle: {
    readonly entry: string;
    readonly due: string;
    readonly cause: CycleCause;
    readonly first_due: string;
    readonly stands_for: number;
    readonly token: number;
    readonly holder: string;
    readonly now: string;
  },
): Promise<void> {
  await session.run(sql(session.engine, 'schedule/begin_cycle'), cycle);
}

export async function beginAgain(
  session: Session,
  cycle: Pick<CycleRow, 'entry' | 'due_utc'>,
  by: { readonly token: number; readonly holder: string; readonly now: string },
): Promise<boolean> {
  const { entry, due_utc: due } = cycle;
  return (await session.run(sql(session.engine, 'schedule/begin_again'), { entry, due, ...by })) === 1;
}

export interface EndedCycle {
  readonly entry: string;
  readonly due: string;
  readonly token: number;
  readonly state: 'done' | 'failed' | 'stopped';
  readonly detail: string;
  readonly now: string;
}

/** Ends a cycle; changes no row when another process has taken it up. */
export function endCycle(session: Pick<Session, 'engine'>, cycle: EndedCycle): Request {
  return { statement: sql(session.engine, 'schedule/end_cycle'), parameters: { ...cycle } };
}

/** What becomes of a cycle that was left by a process that has ended. */
export async function closeLeft(
  session: Session,
  left: Pick<CycleRow, 'entry' | 'due_utc'>,
  by: {
    readonly token: number;
    readonly state: 'merged' | 'failed';
    readonly detail: string;
    readonly now: string;
  },
): Promise<void> {
  const { entry, due_utc: due } = left;
  await session.run(sql(session.engine, 'schedule/close_left'), { entry, due, ...by });
}

/** Somebody asks for a cycle now. False when there is no such entry yet. */
export async function askFor(session: Session, entry: string, now: string): Promise<boolean> {
  return (await session.run(sql(session.engine, 'schedule/ask'), { entry, now })) === 1;
}

/** Notes a signature; throws a duplicate key when it was taken before. Those of before `forgotten` are dropped. */
export async function noteCall(
  session: Session,
  call: { readonly signature: string; readonly now: string; readonly forgotten: string },
): Promise<void> {
  const { signature, now, forgotten: before } = call;
  await session.run(sql(session.engine, 'schedule/forget_calls'), { before });
  await session.run(sql(session.engine, 'schedule/note_call'), { signature, now });
}

/** Deletes cycles and incidents that are over and older. */
export async function pruneCycles(session: Session, before: string): Promise<void> {
  await session.run(sql(session.engine, 'schedule/prune'), { before });
}
