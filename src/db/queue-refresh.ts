import { InvariantError } from '../core/errors.js';
import type { Engine, Request, Session } from './database.js';
import { sql } from './sql.js';

const LOCAL_TEXT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/;

/**
 * Runs `queue.Refresh`: replaces the six queue tables with what is new or changed since `start` (US Central
 * text, `2026-11-20 21:07:00.000`), or since the run before when there is none. Call it inside the
 * transaction that copies the snapshot: the procedure destroys the one before.
 *
 * `queue/refresh.sql` of each engine says how: in the embedded engine it is the procedure itself; where Exigo
 * owns the procedure it is the call.
 */
export async function refreshQueue(session: Session, start?: string): Promise<void> {
  const { statement, parameters } = refreshRequest(session.engine, start);
  await session.run(statement, parameters);
}

/** The same as one of several statements. */
export function refreshRequest(engine: Engine, start?: string): Request {
  if (start !== undefined && !LOCAL_TEXT.test(start)) {
    // Dates are compared as text: 1/1/2017 would take everything, 31.1.2017 nothing, without a word.
    throw new InvariantError(`queue.Refresh: start ${start} is not written as yyyy-MM-dd HH:mm:ss.SSS`);
  }
  return { statement: sql(engine, 'queue/refresh'), parameters: { start: start ?? null } };
}
