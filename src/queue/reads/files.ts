import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from, joined } from '../../db/query.js';
import type { Wave } from '../ledger/waves.js';

/** All that is fixed about a file; its table goes by `w`. */
export const WAVE_COLUMNS = [
  'w.wave_id',
  'w.pipeline',
  'w.step',
  'w.target',
  'w.section',
  'w.number',
  'w.file_name',
  'w.config_hash',
  'w.state',
  'w.planned_utc',
  'w.orders',
  'w.rows',
  'w.bytes',
  'w.sha256',
  'w.token',
  'w.place',
  'w.attempts',
  'w.next_try_utc',
  'w.last_error',
  'w.shadow',
] as const;

export interface FileMember {
  readonly item_id: number;
  readonly item_key: string;
  readonly order_id: number | null;
  readonly change_set_id: number;
  readonly generation: number;
  readonly newest_generation: number;
  /** Of the version the target is taken to know. */
  readonly fingerprint: string | null;
  /** Held or failed, and not answered yet. */
  readonly waits: boolean;
}

export interface MadeFile {
  readonly wave_id: number;
  readonly pipeline: string;
  readonly target: string;
  readonly state: string;
  readonly members: readonly FileMember[];
}

/** A file by its name, with what it carried; the newest one when names were used again. */
export async function membersOfFile(session: Session, fileName: string): Promise<MadeFile | undefined> {
  const wave = await fetchFirst<Omit<MadeFile, 'members'>>(
    session,
    'reads/file',
    from(session.engine, 'etl.wave', 'w')
      .where('w.file_name', fileName)
      .orderBy('w.wave_id', 'desc')
      .limit(1)
      .select('w.wave_id', 'w.pipeline', 'w.target', 'w.state'),
  );
  if (wave === undefined) return undefined;
  const rows = await fetchAll<Omit<FileMember, 'waits'> & { state: string; resolution: string | null }>(
    session,
    'reads/file_members',
    from(session.engine, 'etl.effect', 'e')
      .join(joined(session.engine, 'etl.item', 'i'), 'i.item_id', 'e.item_id')
      .join(joined(session.engine, 'etl.effect', 'n'), (on) =>
        on.on('n.pipeline', 'e.pipeline').andOn('n.step', 'e.step').andOn('n.item_key', 'e.item_key'),
      )
      .where('e.wave_id', wave.wave_id)
      .groupBy(
        'i.item_id',
        'e.item_key',
        'e.order_id',
        'e.change_set_id',
        'e.generation',
        'e.fingerprint',
        'i.state',
        'i.resolution',
      )
      .orderBy('i.item_id')
      .select(
        'i.item_id',
        'e.item_key',
        'e.order_id',
        'e.change_set_id',
        'e.generation',
        'e.fingerprint',
        'i.state',
        'i.resolution',
      )
      .max({ newest_generation: 'n.generation' }),
  );
  return {
    ...wave,
    members: rows.map(({ state, resolution, ...row }) => ({
      ...row,
      waits: (state === 'held' || state === 'failed') && resolution === null,
    })),
  };
}

/** Names of the newest files, newest first. */
export async function newestFiles(session: Session, limit: number): Promise<string[]> {
  const rows = await fetchAll<{ file_name: string }>(
    session,
    'reads/newest_files',
    from(session.engine, 'etl.wave', 'w').orderBy('w.wave_id', 'desc').limit(limit).select('w.file_name'),
  );
  return rows.map((row) => row.file_name);
}

/** The newest files of these pipelines, and notices of any, that were not given up, newest first, with all that is fixed about them. */
export async function lastWaves(
  session: Session,
  pipelines: readonly string[],
  limit: number,
): Promise<Wave[]> {
  return fetchAll(
    session,
    'reads/last_waves',
    from(session.engine, 'etl.wave', 'w')
      .where((which) => which.whereIn('w.pipeline', [...pipelines]).orWhereNotNull('w.section'))
      .where('w.state', '<>', 'void')
      .orderBy('w.wave_id', 'desc')
      .limit(limit)
      .select(...WAVE_COLUMNS),
  );
}

/** Files of a 3PL that were made in shadow and are done, by when (UTC text, the end excluded); oldest first. */
export async function shadowWaves(
  session: Session,
  which: { readonly pipeline: string; readonly target: string; readonly from: string; readonly to: string },
): Promise<Wave[]> {
  return fetchAll(
    session,
    'reads/shadow_waves',
    from(session.engine, 'etl.wave', 'w')
      .where('w.pipeline', which.pipeline)
      .where('w.target', which.target)
      .where('w.shadow', 1)
      .where('w.state', 'delivered')
      .where('w.delivered_utc', '>=', which.from)
      .where('w.delivered_utc', '<', which.to)
      .orderBy('w.wave_id')
      .select(...WAVE_COLUMNS),
  );
}
