import type { Engine, Request, Session } from '../../db/database.js';
import { fetchAll, from } from '../../db/query.js';
import { sql } from '../../db/sql.js';

/** `outage`: a system does not answer. `configuration`: it, or we, refuse until a person mends something. */
export type IncidentKind = 'outage' | 'configuration';

/** Something that a person should know of once. Times are UTC text. */
export interface Incident {
  readonly incident_id: number;
  readonly kind: IncidentKind;
  /** `exigo-api`, `godatafeed/<store>`, `3pl/<name>`, `inbox/<name>`, `sync-database`, `pipeline/<name>`. */
  readonly system: string;
  /** The newest words. */
  readonly what: string;
  readonly opened_utc: string;
  /** When it was seen last. */
  readonly last_utc: string;
  /** How often it was seen. */
  readonly times: number;
  /** Null while it lasts. */
  readonly closed_utc: string | null;
}

/**
 * Opens an incident, or notes that the open one of this kind and system was seen once more. Gives whether it is a new
 * one: that is what somebody is told of.
 */
export async function openIncident(
  session: Session,
  incident: {
    readonly kind: IncidentKind;
    readonly system: string;
    readonly what: string;
    readonly now: string;
  },
): Promise<boolean> {
  if ((await session.run(sql(session.engine, 'incident/seen'), incident)) > 0) return false;
  return (await session.run(sql(session.engine, 'incident/open'), incident)) > 0;
}

/** Closes what is open; gives how many. */
export async function closeIncidents(
  session: Session,
  incident: { readonly kind: IncidentKind; readonly system: string; readonly now: string },
): Promise<number> {
  return session.run(sql(session.engine, 'incident/close'), incident);
}

/** The same as a statement of its own, for where nobody needs the count. */
export function closingIncidents(
  engine: Engine,
  incident: { readonly kind: IncidentKind; readonly system: string; readonly now: string },
): Request {
  return { statement: sql(engine, 'incident/close'), parameters: incident };
}

/** Incidents, newest first: those that last, or all that were opened or closed since an instant (UTC text). */
export async function listIncidents(
  session: Session,
  filter: { readonly open: true } | { readonly since: string },
): Promise<Incident[]> {
  const query = from(session.engine, 'etl.incident', 'i')
    .orderBy('i.incident_id', 'desc')
    .select(
      'i.incident_id',
      'i.kind',
      'i.system',
      'i.what',
      'i.opened_utc',
      'i.last_utc',
      'i.times',
      'i.closed_utc',
    );
  if ('open' in filter) query.whereNull('i.closed_utc');
  else query.where('i.opened_utc', '>=', filter.since).orWhere('i.closed_utc', '>=', filter.since);
  return fetchAll(session, 'reads/incidents', query);
}
