import { type Clock, SECOND } from '../../core/clock.js';
import { describeDuration, fromUtcText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { EXIT } from '../process.js';
import { type Check, failed, passed } from './check.js';

/** Clocks further apart than this make leases and waits for a read-back wrong. */
const MAX_SKEW = 30 * SECOND;

/** Moments of ours (ms) before and after another clock was looked at. */
export interface LookedAt {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** How far a clock that was looked at between two moments of ours is from ours. Instants in ms. */
export function checkSkew(
  name: string,
  whose: string,
  there: number,
  { sentAt, receivedAt }: LookedAt,
): Check {
  const skew = there < sentAt ? sentAt - there : Math.max(0, there - receivedAt);
  const detail = `${describeDuration(skew)} from ${whose}`;
  if (skew <= MAX_SKEW) return passed(name, detail);
  return failed(name, detail, 'synchronise this machine and that one (NTP)', EXIT.usage);
}

/** The clock of an HTTP server, by the `Date` header of its answer, which has full seconds; without one nothing is said. */
export function checkDate(name: string, whose: string, date: string | null, times: LookedAt): Check[] {
  const there = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(there) ? [] : [checkSkew(name, whose, there, times)];
}

/** A server's clock decides when a lease ends, ours how long to wait. The embedded engine has none of its own. */
export async function checkDatabaseClock(name: string, session: Session, clock: Clock): Promise<Check[]> {
  if (session.engine === 'sqlite') return [];
  const sentAt = clock.now();
  const row = await session.get<{ now_utc: string }>(sql('sqlserver', 'doctor/clock'));
  const times = { sentAt, receivedAt: clock.now() };
  return row === undefined
    ? []
    : [checkSkew(`clock of the ${name}`, `the ${name}'s`, fromUtcText(row.now_utc), times)];
}
