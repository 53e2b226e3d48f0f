import { isDuplicateKey } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { Incident } from './incidents.js';
import type { Database, Session } from './session.js';

/** How somebody is told. */
export type AlertChannelName = 'mail' | 'webhook';

/** An incident, or its end, that a channel has not told. */
export type UntoldIncident = Incident & { readonly news: 'opened' | 'closed' };

export interface DueAlert {
  readonly alert_key: string;
  /** JSON. */
  readonly message: string;
  /** Tries so far. */
  readonly attempts: number;
}

export async function untoldIncidents(
  session: Session,
  channel: AlertChannelName,
  since: string,
): Promise<UntoldIncident[]> {
  return session.all<UntoldIncident>(sql(session.engine, 'alert/untold'), { channel, since });
}

/** Notes that these are about to be told, all or none; false when another process was quicker. `told`: said by another one. */
export async function intendAlerts(
  database: Database,
  alerts: readonly { readonly key: string; readonly message: string; readonly told?: boolean }[],
  now: string,
): Promise<boolean> {
  try {
    await database.transaction(async (session) => {
      for (const { key, message, told } of alerts) {
        const state = told === true ? 'done' : 'sending';
        await session.run(sql(session.engine, 'alert/insert'), { alert_key: key, state, message, now });
      }
    });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** Whether it was told, or tried. */
export async function isKnownAlert(session: Session, key: string): Promise<boolean> {
  const row = await session.get<{ n: number }>(sql(session.engine, 'alert/known'), { alert_key: key });
  return (row?.n ?? 0) > 0;
}

export async function dueAlerts(
  session: Session,
  channel: AlertChannelName,
  now: string,
): Promise<DueAlert[]> {
  return session.all<DueAlert>(sql(session.engine, 'alert/due'), { channel, now });
}

/** False when another process has taken it. */
export async function claimAlert(database: Database, key: string, now: string): Promise<boolean> {
  const values = { alert_key: key, now };
  return database.transaction(
    async (session) => (await session.run(sql(session.engine, 'alert/claim'), values)) > 0,
  );
}

/** How a try ended. `waiting`: nothing was sent. `unknown`: it may have arrived, so it is not sent again. */
export type AlertEnd =
  | { readonly state: 'done'; readonly receipt: string }
  | { readonly state: 'failed' | 'unknown'; readonly lastError: string }
  | { readonly state: 'waiting'; readonly lastError: string; readonly nextTryUtc: string };

export async function settleAlert(
  database: Database,
  key: string,
  end: AlertEnd,
  now: string,
): Promise<void> {
  await database.transaction((session) =>
    session.run(sql(session.engine, 'alert/settle'), {
      alert_key: key,
      state: end.state,
      receipt: end.state === 'done' ? end.receipt : null,
      last_error: end.state === 'done' ? null : end.lastError,
      next_try_utc: end.state === 'waiting' ? end.nextTryUtc : null,
      now,
    }),
  );
}
