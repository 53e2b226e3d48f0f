import { InvariantError } from '../../core/errors.js';
import type { NoticeKind } from '../../core/hand-over.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

export interface ReadyTarget {
  readonly target: string;
  readonly items: number;
  readonly oldest_utc: string;
}

export interface Wave {
  readonly wave_id: number;
  readonly pipeline: string;
  readonly step: string;
  /** Name of the 3PL, or of the table. */
  readonly target: string;
  /** Of the 3PL's template, for a notice; null: a hand-over file, or a table. */
  readonly section: NoticeKind | null;
  readonly number: number;
  readonly file_name: string;
  readonly config_hash: string;
  readonly state: 'planned' | 'sending' | 'uploaded' | 'delivered' | 'held' | 'void';
  readonly planned_utc: string;
  readonly orders: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** Fencing token of the process that sends or has uploaded it. */
  readonly token: number | null;
  /** Where it was uploaded to, as the delivery told; null before. */
  readonly place: string | null;
  readonly attempts: number;
  readonly next_try_utc: string | null;
  readonly last_error: string | null;
  /** Made in shadow: it never leaves for its target. */
  readonly shadow: 0 | 1;
}

export interface Member {
  readonly order_id: number | null;
  readonly change_set_id: number;
  readonly item_id: number;
  readonly item_key: string;
}

/** What receipts and links of orders begin with that an earlier script has sent: our file was made in shadow. */
export const SHADOW = 'shadow:';

/** What is fixed before a file is sent. */
export interface FileFix {
  readonly orders: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export async function readyTargets(session: Session, pipeline: string): Promise<ReadyTarget[]> {
  return session.all<ReadyTarget>(sql(session.engine, 'ledger/ready_targets'), { pipeline });
}

/** Whether a target still has ready items that were made at or before that time. */
export async function hasReady(
  session: Session,
  pipeline: string,
  target: string,
  createdUntil: string,
): Promise<boolean> {
  const values = { pipeline, target, created_until: createdUntil };
  return (await session.get(sql(session.engine, 'ledger/has_ready'), values)) !== undefined;
}

/** Next number of a target's files, given back when the transaction rolls back. */
export async function nextNumber(session: Session, name: string): Promise<number> {
  const row = await session.get<{ value: number }>(sql(session.engine, 'ledger/next_number'), { name });
  if (row === undefined) throw new InvariantError('ledger/next_number gave no row');
  return row.value;
}

export async function insertWave(
  session: Session,
  wave: {
    readonly pipeline: string;
    readonly step: string;
    readonly section: NoticeKind | null;
    readonly target: string;
    readonly number: number;
    readonly fileName: string;
    readonly configHash: string;
    readonly shadow: boolean;
    readonly now: string;
  },
): Promise<number> {
  const row = await session.get<{ wave_id: number }>(sql(session.engine, 'ledger/insert_wave'), {
    pipeline: wave.pipeline,
    step: wave.step,
    section: wave.section,
    target: wave.target,
    number: wave.number,
    file_name: wave.fileName,
    config_hash: wave.configHash,
    shadow: wave.shadow ? 1 : 0,
    now: wave.now,
  });
  if (row === undefined) throw new InvariantError('ledger/insert_wave gave no row');
  return row.wave_id;
}

/** Takes ready items that are old enough into the wave; returns how many. */
export async function fillWave(
  session: Session,
  fill: {
    readonly waveId: number;
    readonly pipeline: string;
    readonly step: string;
    readonly target: string;
    readonly createdUntil: string;
    readonly limit: number;
    readonly now: string;
  },
): Promise<number> {
  return session.run(sql(session.engine, 'ledger/fill_wave'), {
    wave_id: fill.waveId,
    pipeline: fill.pipeline,
    step: fill.step,
    target: fill.target,
    created_until: fill.createdUntil,
    limit: fill.limit,
    now: fill.now,
  });
}

export async function openWaves(session: Session, pipeline: string): Promise<Wave[]> {
  return session.all<Wave>(sql(session.engine, 'ledger/open_waves'), { pipeline });
}

export async function waveMembers(
  session: Session,
  waveId: number,
  after: number,
  limit: number,
): Promise<Member[]> {
  return session.all<Member>(sql(session.engine, 'ledger/wave_members'), { wave_id: waveId, after, limit });
}

export async function dropMember(
  session: Session,
  member: { readonly itemId: number; readonly code: string; readonly reason: string },
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_member'), {
    item_id: member.itemId,
    code: member.code,
    reason: member.reason,
    now,
  });
}

export async function waveSending(
  session: Session,
  waveId: number,
  token: number,
  fix: FileFix,
): Promise<void> {
  const changed = await session.run(sql(session.engine, 'ledger/wave_sending'), {
    wave_id: waveId,
    token,
    ...fix,
  });
  if (changed === 0) throw new InvariantError(`wave ${waveId} is not planned any more`);
}

export async function waveUploaded(
  session: Session,
  waveId: number,
  token: number,
  place: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/wave_uploaded'), { wave_id: waveId, token, place });
}

/** Nothing was published and nothing will be: the newest versions decide at the next try. */
export async function waveReplanned(
  session: Session,
  waveId: number,
  nextTryUtc: string | null,
  error: string | null,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/wave_replanned'), {
    wave_id: waveId,
    next_try_utc: nextTryUtc,
    error,
  });
}

export async function waveError(
  session: Session,
  waveId: number,
  nextTryUtc: string,
  error: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/wave_error'), {
    wave_id: waveId,
    next_try_utc: nextTryUtc,
    error,
  });
}

/** planned -> void when every member has left; returns whether it was empty. */
export async function voidIfEmpty(session: Session, waveId: number): Promise<boolean> {
  return (await session.run(sql(session.engine, 'ledger/wave_void'), { wave_id: waveId })) > 0;
}

/** The receipt: the wave, its effects, the links, and what comes next, in the caller's one transaction. */
export async function waveDelivered(
  session: Session,
  wave: Wave,
  receipt: string,
  next: { readonly step: string; readonly nextTryUtc: string | null } | null,
  now: string,
): Promise<void> {
  const id = { wave_id: wave.wave_id };
  await session.run(sql(session.engine, 'ledger/wave_delivered'), { ...id, receipt, now });
  // A notice is no proof that the 3PL has the order.
  if (wave.section === null) {
    const reference = wave.shadow === 1 ? `${SHADOW} ${wave.file_name}` : wave.file_name;
    const link = { ...id, system: wave.target, reference, now };
    await session.run(sql(session.engine, 'ledger/link_wave'), link);
  }
  if (next === null) await session.run(sql(session.engine, 'ledger/deliver_wave_items'), { ...id, now });
  else {
    const planned = { ...id, step: next.step, next_try_utc: next.nextTryUtc, now };
    await session.run(sql(session.engine, 'ledger/plan_next_step'), planned);
  }
}

export async function waveHeld(
  session: Session,
  waveId: number,
  code: string,
  reason: string,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/wave_held'), { wave_id: waveId, code, reason, now });
}
