import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from } from '../../db/query.js';
import type { CycleRow, ScheduleRow } from '../ledger/cycles.js';

const COLUMNS = [
  'c.entry',
  'c.due_utc',
  'c.state',
  'c.cause',
  'c.first_due_utc',
  'c.stands_for',
  'c.begun',
  'c.token',
  'c.holder',
  'c.claimed_utc',
  'c.ended_utc',
  'c.detail',
];

/** An entry with its newest cycle. */
export async function entryState(
  session: Session,
  entry: string,
): Promise<{ readonly row: ScheduleRow | null; readonly newest: CycleRow | null }> {
  const row = await fetchFirst<ScheduleRow>(
    session,
    'reads/schedule',
    from(session.engine, 'etl.schedule', 's')
      .where('s.entry', entry)
      .select('s.entry', 's.decided_utc', 's.asked_utc', 's.skipped', 's.skipped_utc'),
  );
  const newest = await fetchFirst<CycleRow>(
    session,
    'reads/newest_cycle',
    from(session.engine, 'etl.cycle', 'c')
      .where('c.entry', entry)
      .orderBy('c.due_utc', 'desc')
      .limit(1)
      .select(COLUMNS),
  );
  return { row: row ?? null, newest: newest ?? null };
}

export interface CircuitState {
  readonly system: string;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failures: number;
  readonly opened_utc: string | null;
  readonly probe_utc: string | null;
  readonly last_error: string;
}

/** Systems that have failed since they last answered. */
export async function troubledCircuits(session: Session): Promise<CircuitState[]> {
  return fetchAll(
    session,
    'reads/circuits',
    from(session.engine, 'etl.circuit', 'c')
      .where('c.failures', '>', 0)
      .orderBy('c.system')
      .select('c.system', 'c.state', 'c.failures', 'c.opened_utc', 'c.probe_utc', 'c.last_error'),
  );
}
