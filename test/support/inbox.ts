import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../src/core/clock.js';
import type { ConfirmationRow, Confirmations, ParcelRules } from '../../src/core/confirmation.js';
import type { ReturnPolicy } from '../../src/core/returned.js';
import { toUtcText } from '../../src/core/time.js';
import type { Database, Parameters, Session } from '../../src/db/database.js';
import { freezeInboxFile } from '../../src/queue/freeze/inbox.js';
import { forEngine } from './engines.js';
import { House, type HouseOptions } from './house.js';
import { readableTemplate } from './small-orders.js';

export const SHIPMENTS = '3pl-shipments-to-exigo';
export const RETURNS = '3pl-returns-to-exigo';

const SUBSCRIBERS = [
  { pipeline: SHIPMENTS, aggregate: 'shipment' },
  { pipeline: RETURNS, aggregate: 'return' },
] as const;

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
  options: HouseOptions & {
    readonly parcels?: ParcelRules;
    readonly answerWithinMs?: number;
    readonly returned?: ReturnPolicy;
    readonly saysShipped?: boolean;
  } = {},
): Promise<House> {
  const house = await House.open({ templates: [readableTemplate()], ...options });
  const { threePls } = house.config;
  const inbox = { kind: 'folder', path: `${house.folder}/in` } as const;
  const { answerWithinMs = null } = options;
  const parcels = options.parcels ?? { otherwise: 'joined', stores: {}, marketplaces: {} };
  const { returned = { as: 'record' }, saysShipped = true } = options;
  const confirmations: Confirmations = { inbox, files: [], parcels, returned, saysShipped };
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

/** `returned(7, 'TEA', '1')`: so many of an item came back. */
export function returned(orderId: number, itemCode?: string, quantity?: string): Said {
  return {
    answer: 'returned',
    orderId,
    ...(itemCode === undefined ? {} : { itemCode }),
    ...(quantity === undefined ? {} : { quantity }),
  };
}

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
    await put(session, 'inbox_file', {
      three_pl: threePl,
      kind: 'shipments',
      name,
      state: 'archived',
      claimed_utc: now,
      archive: name,
      bytes: 1,
      sha256: hash(name),
    });
    const file = await session.get<{ id: number }>(
      { name: 'test', text: forEngine(session.engine, 'SELECT MAX(file_id) AS id FROM "etl.inbox_file"') },
      {},
    );
    const fileId = file?.id ?? 0;
    for (const [i, row] of rows.entries())
      await putRow(session, { file_id: fileId, line: i + 2, three_pl: threePl }, row);
    const faulty = rows.filter((row) => 'fault' in row).length;
    const read = { fileId, threePl, name, repeated: 0, faulty, mostFaulty: 1_000 };
    await freezeInboxFile(session, { ...read, subscribers: SUBSCRIBERS, now });
  });
  return name;
}

async function putRow(session: Session, at: Parameters, row: Said | Faulty): Promise<void> {
  if ('fault' in row) {
    await put(session, 'inbox_row', { ...at, code: row.code, fault: row.fault, raw: 'x' });
    return;
  }
  const { answer, orderId, itemCode, quantity, tracking, carrier, shipMethodId, happened, reason } = row;
  const content = hash(JSON.stringify(row));
  const said = await session.get<{ rows: number }>(
    {
      name: 'test',
      text: forEngine(
        session.engine,
        `SELECT COUNT(*) AS rows FROM "etl.inbox_row" WHERE order_id = @order_id AND content = @content`,
      ),
    },
    { order_id: orderId, content },
  );
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
    content,
    repeats: answer === 'returned' && (said?.rows ?? 0) > 0 ? 1 : 0,
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
