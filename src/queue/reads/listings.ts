import type { Session } from '../../db/database.js';
import { fetchAll, fetchFirst, from, joined, type Query } from '../../db/query.js';
import type { BatchRow } from '../ledger/batches.js';
import type { Wave } from '../ledger/waves.js';
import { WAVE_COLUMNS } from './files.js';

/** Which page of a list, newest first. */
export interface Page {
  /** Only rows with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The newest batches, newest first. */
export function newestBatches(
  session: Session,
  { before, limit, pipeline }: Page & { readonly pipeline?: string | undefined },
): Promise<BatchRow[]> {
  return fetchAll(
    session,
    'reads/newest_batches',
    from(session.engine, 'etl.batch', 'b')
      .leftJoin(joined(session.engine, 'etl.change_set', 'c'), 'c.change_set_id', 'b.change_set_id')
      .modify(paged('b.batch_id', { before, limit }))
      .modify((query: Query) => {
        if (pipeline !== undefined) query.where('b.pipeline', pipeline);
      })
      .select(
        'b.batch_id',
        'b.pipeline',
        'b.change_set_id',
        'b.kind',
        'b.state',
        'b.config_hash',
        'b.items_frozen',
        'b.items_unchanged',
        'b.delivered',
        'b.excluded',
        'b.held',
        'b.failed',
        'b.created_utc',
        'b.closed_utc',
        'c.frozen_utc',
        'c.start_at',
        'c.end_at',
      ),
  );
}

/** A file as a list shows it. */
export interface ListedWave extends Wave {
  readonly delivered_utc: string | null;
  readonly receipt: string | null;
}

const LISTED = [...WAVE_COLUMNS, 'w.delivered_utc', 'w.receipt'];

/** The newest files for 3PLs, newest first. */
export function newestWaves(
  session: Session,
  { before, limit, target }: Page & { readonly target?: string | undefined },
): Promise<ListedWave[]> {
  return fetchAll(
    session,
    'reads/newest_waves',
    from(session.engine, 'etl.wave', 'w')
      .modify(paged('w.wave_id', { before, limit }))
      .modify((query: Query) => {
        if (target !== undefined) query.where('w.target', target);
      })
      .select(LISTED),
  );
}

export function listedWave(session: Session, waveId: number): Promise<ListedWave | undefined> {
  return fetchFirst(
    session,
    'reads/listed_wave',
    from(session.engine, 'etl.wave', 'w').where('w.wave_id', waveId).select(LISTED),
  );
}

/** Files with this name, newest first. */
export function wavesNamed(session: Session, fileName: string): Promise<{ readonly wave_id: number }[]> {
  return fetchAll(
    session,
    'reads/waves_named',
    from(session.engine, 'etl.wave', 'w')
      .where('w.file_name', fileName)
      .orderBy('w.wave_id', 'desc')
      .select('w.wave_id'),
  );
}

/** A file that a 3PL sent. */
export interface ListedInboxFile {
  readonly file_id: number;
  readonly three_pl: string;
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly claimed_utc: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly good: number;
  readonly faulty: number;
  readonly repeated: number;
  readonly code: string | null;
  readonly reason: string | null;
}

/** The newest files of 3PLs, newest first. */
export function newestInboxFiles(
  session: Session,
  { before, limit, threePl }: Page & { readonly threePl?: string | undefined },
): Promise<ListedInboxFile[]> {
  return fetchAll(
    session,
    'reads/newest_inbox_files',
    from(session.engine, 'etl.inbox_file', 'f')
      .modify(paged('f.file_id', { before, limit }))
      .modify((query: Query) => {
        if (threePl !== undefined) query.where('f.three_pl', threePl);
      })
      .select(
        'f.file_id',
        'f.three_pl',
        'f.kind',
        'f.name',
        'f.state',
        'f.claimed_utc',
        'f.bytes',
        'f.sha256',
        'f.good',
        'f.faulty',
        'f.repeated',
        'f.code',
        'f.reason',
      ),
  );
}

function paged(id: string, { before, limit }: Page) {
  return (query: Query) => {
    if (before !== undefined) query.where(id, '<', before);
    query.orderBy(id, 'desc').limit(limit);
  };
}
