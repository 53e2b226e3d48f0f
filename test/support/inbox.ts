import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../src/core/clock.js';
import type { ConfirmationRow, Confirmations, ParcelRules } from '../../src/core/confirmation.js';
import { InvariantError } from '../../src/core/errors.js';
import { toUtcText } from '../../src/core/time.js';
import type { Database, Parameters, Session } from '../../src/db/database.js';
import { sql } from '../../src/db/sql.js';
import { insertBatch } from '../../src/queue/ledger/batches.js';
import { forEngine } from './engines.js';
import { House, type HouseOptions } from './house.js';
import { readableTemplate } from './small-orders.js';

export const SHIPMENTS = '3pl-shipments-to-exigo';

export type Said = Partial<ConfirmationRow> & {
  readonly answer: ConfirmationRow['answer'];
  readonly orderId: number;
};
interface Faulty {
  readonly code: string;
  readonly fault: string;
}

/** A house whose one 3PL, `plain`, sends files back. */
export async function openShippingHouse(
  options: HouseOptions & { readonly parcels?: ParcelRules; readonly answerWithinMs?: number } = {},
): Promise<House> {
  const house = await House.open({ templates: [readableTemplate()], ...options });
  const { threePls } = house.config;
  const inbox = { kind: 'folder', path: `${house.folder}/in` } as const;
  const { answerWithinMs = null } = options;
  const parcels = options.parcels ?? { otherwise: 'joined', stores: {}, marketplaces: {} };
  const confirmations: Confirmations = { inbox, files: [], parcels };
  Object.assign(house.config, {
    threePls: threePls.map((one) => ({ ...one, confirmations, answerWithinMs })),
  });
  await mkdir(inbox.path, { recursive: true });
  return house;
}

/** `shipped(7, '1Z7')`: the whole order left with UPS. */
export function shipped(orderId: number, ...tracking: string[]): Said {
  return { answer: 'shipped', orderId, tracking, carrier: 'UPS' };
}

let files = 0;

/** A file of `plain` that was read to its end, with its change set and batch; as reading one leaves it. */
export async function say(house: House, rows: readonly (Said | Faulty)[]): Promise<string> {
  return sayAs('plain', house, rows);
}

export async function sayAs(
  threePl: string,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  rows: readonly (Said | Faulty)[],
): Promise<string> {
  const name = `SHIP_${++files}.csv`;
  await database.transaction(async (session) => {
    const now = toUtcText(clock.now());
    const orders = new Set(rows.flatMap((row) => ('orderId' in row ? row.orderId : [])));
    const faulty = rows.filter((row) => 'fault' in row).length;
    const set = await session.get<{ change_set_id: number }>(
      sql(session.engine, 'freeze/insert_document_set'),
      {
        source: `inbox/${threePl}`,
        kind: 'live',
        start_at: now,
        end_at: null,
        now,
        frozen: orders.size,
        unchanged: 0,
      },
    );
    if (set === undefined) throw new InvariantError('no change set');
    await put(session, 'inbox_file', {
      three_pl: threePl,
      kind: 'shipments',
      name,
      state: 'frozen',
      claimed_utc: now,
      archive: name,
      bytes: 1,
      sha256: hash(name),
      change_set_id: set.change_set_id,
      settled_utc: now,
    });
    const file = await session.get<{ id: number }>(
      { name: 'test', text: forEngine(session.engine, 'SELECT MAX(file_id) AS id FROM "etl.inbox_file"') },
      {},
    );
    for (const [i, row] of rows.entries())
      await putRow(session, { file_id: file?.id ?? 0, line: i + 2, three_pl: threePl }, row);
    await insertBatch(session, {
      pipeline: SHIPMENTS,
      changeSetId: set.change_set_id,
      kind: 'live',
      itemsFrozen: orders.size + faulty,
      itemsUnchanged: 0,
      now,
    });
  });
  return name;
}

async function putRow(session: Session, at: Parameters, row: Said | Faulty): Promise<void> {
  if ('fault' in row) {
    await put(session, 'inbox_row', { ...at, code: row.code, fault: row.fault, raw: 'x' });
    return;
  }
  const { answer, orderId, itemCode, quantity, tracking, carrier, shipMethodId, happened, reason } = row;
  await put(session, 'inbox_row', {
    ...at,
    order_id: orderId,
    answer,
    reference: String(orderId),
    item_code: itemCode ?? null,
    quantity: quantity ?? null,
    tracking: JSON.stringify(tracking ?? []),
    carrier: carrier ?? null,
    ship_method_id: shipMethodId ?? null,
    happened_utc: happened == null ? null : toUtcText(happened.at),
    happened_bare: happened?.bare === true ? 1 : 0,
    said: reason ?? null,
    content: hash(JSON.stringify(row)),
  });
}

async function put(session: Session, table: string, row: Parameters): Promise<void> {
  const names = Object.keys(row);
  const text = `INSERT INTO "etl.${table}" (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`;
  await session.run({ name: 'test', text: forEngine(session.engine, text) }, row);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
