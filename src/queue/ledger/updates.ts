import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** A marketplace order that an order in Exigo may be reported to. */
export interface UpdateLink {
  readonly exigo_order_id: number;
  readonly store: string;
  readonly order_number: string;
  readonly marketplace: string | null;
  readonly marketplace_number: string | null;
  /** UTC text. */
  readonly purchased_utc: string | null;
  /** Fingerprint of the update its marketplace has last taken; outlives the ledger. */
  readonly reported: string | null;
  /** 1 for the one it was made from, 0 for the same one in another store. */
  readonly origin: 0 | 1;
}

/** What was done for one marketplace order. */
export interface PriorUpdate {
  readonly effect_id: number;
  readonly item_id: number;
  readonly item_key: string;
  readonly generation: number;
  readonly state: 'pending' | 'sending' | 'accepted' | 'done' | 'held' | 'failed';
  readonly fingerprint: string | null;
  /** Of the newest item that waits because of it, or did: why, and how that was answered. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly resolution: string | null;
}

/** An update that is not over. */
export interface OpenUpdate {
  readonly effect_id: number;
  readonly item_id: number;
  readonly order_id: number;
  /** Store and GoDataFeed's number, `main/1000123`. */
  readonly item_key: string;
  readonly generation: number;
  /** Calls of unknown outcome; of an accepted one, how often its marketplace was asked. */
  readonly attempts: number;
  /** JSON. */
  readonly request: string;
  readonly next_try_utc: string | null;
  readonly accepted_utc: string | null;
}

export interface NewUpdate {
  readonly batchId: number;
  /** Key of the item it belongs to. */
  readonly orderKey: string;
  readonly step: string;
  readonly itemKey: string;
  readonly generation: number;
  readonly fingerprint: string;
  readonly store: string;
  readonly request: string;
}

/** Which updates of a step: those of one store. */
export interface UpdatesOf {
  readonly pipeline: string;
  readonly step: string;
  readonly target: string;
}

/** Where each of these orders in Exigo may be reported to; others are missing from the map. */
export async function updateLinks(
  session: Session,
  orderIds: readonly number[],
): Promise<ReadonlyMap<number, readonly UpdateLink[]>> {
  if (orderIds.length === 0) return new Map();
  const statement = sql(session.engine, 'ledger/update_links');
  const rows = await session.all<UpdateLink>(statement, { order_ids: JSON.stringify(orderIds) });
  return grouped(rows, (row) => row.exigo_order_id);
}

/** By key, newest generation last. */
export async function updatesByKey(
  session: Session,
  pipeline: string,
  step: string,
  itemKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly PriorUpdate[]>> {
  if (itemKeys.length === 0) return new Map();
  const parameters = { pipeline, step, item_keys: JSON.stringify(itemKeys) };
  const rows = await session.all<PriorUpdate>(sql(session.engine, 'ledger/updates_by_key'), parameters);
  return grouped(rows, (row) => row.item_key);
}

function grouped<K, V>(rows: readonly V[], keyOf: (row: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Pending updates, for items that are in their batch. */
export async function insertUpdates(
  session: Session,
  updates: readonly NewUpdate[],
  now: string,
): Promise<void> {
  const statement = sql(session.engine, 'ledger/insert_update');
  await session.several(
    updates.map(({ batchId, orderKey, itemKey, store, ...rest }) => ({
      statement,
      parameters: { ...rest, batch_id: batchId, order_key: orderKey, item_key: itemKey, target: store, now },
    })),
  );
}

/** Pending updates give way to a newer version of their order. */
export async function withdrawUpdates(
  session: Session,
  effectIds: readonly number[],
  byBatchId: number,
  now: string,
): Promise<void> {
  if (effectIds.length === 0) return;
  await session.run(sql(session.engine, 'ledger/withdraw_updates'), {
    effect_ids: JSON.stringify(effectIds),
    reason: `a newer version is in batch ${byBatchId}`,
    now,
  });
}

/** The batch of the newest update after this one, of the same marketplace order; undefined when it is the newest. */
export async function newerUpdate(session: Session, effectId: number): Promise<number | undefined> {
  const rows = await session.all<{ batch_id: number }>(sql(session.engine, 'ledger/newer_update'), {
    effect_id: effectId,
  });
  return rows[0]?.batch_id;
}

/** Stores with updates that are not over. */
export async function updateStores(session: Session, pipeline: string, step: string): Promise<string[]> {
  const rows = await session.all<{ target: string }>(sql(session.engine, 'ledger/update_targets'), {
    pipeline,
    step,
  });
  return rows.map(({ target }) => target);
}

/** A page of updates in a state; pending and accepted ones only when they are due at `now`. */
export async function openUpdates(
  session: Session,
  state: 'pending' | 'sending' | 'accepted',
  of: UpdatesOf,
  page: { readonly now: string; readonly after: number; readonly limit: number },
): Promise<OpenUpdate[]> {
  const { now, after, limit } = page;
  const due = state === 'sending' ? {} : { now };
  return session.all<OpenUpdate>(sql(session.engine, `ledger/${state}_updates`), {
    ...of,
    ...due,
    after,
    limit,
  });
}

/** The intent: what is sent is fixed. Returns whether it was still pending, and the newest of its order. */
export async function updateSending(
  session: Session,
  effectId: number,
  intent: { readonly token: number; readonly request: string; readonly absenceProvesUtc: string },
): Promise<boolean> {
  const { token, request, absenceProvesUtc: absence_proves_utc } = intent;
  const parameters = { effect_id: effectId, token, request, absence_proves_utc };
  return (await session.run(sql(session.engine, 'ledger/update_sending'), parameters)) > 0;
}

/** What a process before this one left on its way. */
export async function adoptUpdates(
  session: Session,
  of: UpdatesOf,
  token: number,
  absenceProvesUtc: string,
): Promise<void> {
  const parameters = { ...of, token, absence_proves_utc: absenceProvesUtc };
  await session.run(sql(session.engine, 'ledger/adopt_updates'), parameters);
}

/** GoDataFeed has it; an older one that waits for its marketplace's answer is over. */
export async function updateAccepted(
  session: Session,
  update: Pick<OpenUpdate, 'effect_id' | 'generation'>,
  nextLookUtc: string,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/update_accepted'), {
    effect_id: update.effect_id,
    next_look_utc: nextLookUtc,
    replaced: `accepted; replaced by update ${update.generation} before its marketplace answered`,
    now,
  });
}

export async function updateDone(
  session: Session,
  update: Pick<OpenUpdate, 'effect_id'>,
  order: { readonly store: string; readonly orderNumber: string },
  receipt: string,
  now: string,
): Promise<void> {
  const { store, orderNumber: order_number } = order;
  const parameters = { effect_id: update.effect_id, receipt, store, order_number, now };
  await session.run(sql(session.engine, 'ledger/update_done'), parameters);
}

export async function updateRefused(
  session: Session,
  update: Pick<OpenUpdate, 'effect_id'>,
  refusal: { readonly state: 'held' | 'failed'; readonly code: string; readonly reason: string },
  now: string,
): Promise<void> {
  const { state, code, reason } = refusal;
  const parameters = { effect_id: update.effect_id, state, code, reason, now };
  await session.run(sql(session.engine, 'ledger/update_refused'), parameters);
}

/** Its marketplace is asked again later; `asked`: whether the store has shown the order this time. */
export async function updateLooked(
  session: Session,
  effectId: number,
  asked: boolean,
  nextLookUtc: string,
): Promise<void> {
  const parameters = { effect_id: effectId, asked: asked ? 1 : 0, next_look_utc: nextLookUtc };
  await session.run(sql(session.engine, 'ledger/update_looked'), parameters);
}
