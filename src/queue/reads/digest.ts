import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** What a pipeline settled in a time. */
export interface FlowCounts {
  readonly pipeline: string;
  readonly batches: number;
  readonly delivered: number;
  readonly excluded: number;
  readonly held: number;
  readonly failed: number;
}

/** What went to a 3PL on a day, or came from it. */
export interface ThreePlDay {
  readonly three_pl: string;
  /** `2026-11-21`, UTC. */
  readonly day: string;
  readonly files: number;
  /** Orders in files to it; rows in files from it. */
  readonly amount: number;
  /** Rows that could not be used; 0 for files to it. */
  readonly faulty: number;
}

/** What waited for somebody and was answered since. */
export interface Answered {
  readonly code: string;
  readonly resolution: string;
  readonly items: number;
}

export interface OldestItem {
  readonly pipeline: string;
  readonly item_key: string;
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly since_utc: string;
}

/** Of batches closed from an instant (UTC text) on. */
export async function flowCounts(session: Session, since: string): Promise<FlowCounts[]> {
  return session.all(sql(session.engine, 'digest/flows'), { since });
}

/** Of files delivered from an instant on, by 3PL and day. */
export async function handedOverByDay(session: Session, since: string): Promise<ThreePlDay[]> {
  return session.all(sql(session.engine, 'digest/handed_over'), { since });
}

/** Of files read from an instant on, by 3PL and day. */
export async function readByDay(session: Session, since: string): Promise<ThreePlDay[]> {
  return session.all(sql(session.engine, 'digest/received'), { since });
}

export async function answeredSince(session: Session, since: string): Promise<Answered[]> {
  return session.all(sql(session.engine, 'digest/answered'), { since });
}

/** What is under way for longest. */
export async function oldestUnderWay(session: Session): Promise<OldestItem | null> {
  const [oldest] = await session.all<OldestItem>(sql(session.engine, 'digest/oldest_under_way'));
  return oldest ?? null;
}
