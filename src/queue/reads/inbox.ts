import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** A file of a 3PL that was not used. */
export interface SetAsideFile {
  readonly three_pl: string;
  readonly name: string;
  readonly state: 'aside' | 'gone';
  readonly code: string;
  readonly reason: string;
  readonly settled_utc: string;
}

/** Those since then (UTC text) whose name was not read afterwards, oldest first. */
export function setAsideFiles(session: Session, since: string): Promise<SetAsideFile[]> {
  return session.all<SetAsideFile>(sql(session.engine, 'reads/set_aside_files'), { since });
}
