import { createHash } from 'node:crypto';
import { InvariantError } from '../../core/errors.js';
import type { MarketplaceDocument } from '../../core/feed-store.js';
import { counted } from '../../core/text.js';
import { toUtcText } from '../../core/time.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import { insertBatch } from '../ledger/batches.js';
import { insertEvent } from '../ledger/events.js';
import {
  marketplaceKey,
  marketplaceOrdersOfStore,
  noteMarketplaceOrders,
} from '../ledger/marketplace-orders.js';
import type { ChangeSet } from './change-set.js';

/** Documents of one change set, to be frozen in the caller's transaction. */
export interface DocumentSet {
  readonly store: string;
  readonly documents: readonly MarketplaceDocument[];
  /** Of a backfill, UTC text; null for a live set, which is over all time. */
  readonly window: { readonly startAt: string; readonly endAt: string } | null;
  /** Names of the pipelines that get a batch. */
  readonly subscribers: readonly string[];
  /** UTC text. */
  readonly now: string;
}

const ALL_TIME = '2000-01-01 00:00:00.000';
const PAGE = 200;

export function storeSource(store: string): string {
  return `godatafeed/${store}`;
}

/**
 * Freezes what is new of a list: the raw JSON of each order, the change set's row, and a batch per subscriber. Unchanged
 * is by business key: an order that was acknowledged or reported Canceled, one whose JSON was frozen before, and one
 * that a pipeline is working on. An order that is held because it could not be mapped is frozen again when it changed.
 */
export async function freezeDocuments(session: Session, set: DocumentSet): Promise<ChangeSet> {
  const kept: Hashed[] = [];
  for (let at = 0; at < set.documents.length; at += PAGE) {
    kept.push(...(await newsOf(session, set.store, set.documents.slice(at, at + PAGE).map(hashed))));
  }
  const changeSet = await insertSet(session, set, kept.length);
  for (let at = 0; at < kept.length; at += PAGE) {
    await writePage(session, set, changeSet.changeSetId, kept.slice(at, at + PAGE));
  }
  if (kept.length > 0) await makeBatches(session, set, changeSet);
  return changeSet;
}

interface Hashed {
  readonly document: MarketplaceDocument;
  readonly key: string;
  readonly sha256: string;
}

function hashed(document: MarketplaceDocument): Hashed {
  const { store, orderNumber, json } = document;
  return {
    document,
    key: marketplaceKey({ store, order_number: orderNumber }),
    sha256: createHash('sha256').update(json, 'utf8').digest('hex'),
  };
}

/** Those of a page that are to be frozen. */
async function newsOf(session: Session, store: string, page: readonly Hashed[]): Promise<Hashed[]> {
  const numbers = page.map(({ document }) => document.orderNumber);
  const known = await marketplaceOrdersOfStore(session, store, numbers);
  const news = page.filter(({ document, sha256 }) => {
    const order = known.get(document.orderNumber);
    if (order === undefined) return true;
    const over = order.acknowledged_utc !== null || order.canceled_utc !== null;
    return !over && order.document_sha256 !== sha256;
  });
  const seen = news.filter(({ document }) => known.has(document.orderNumber)).map(({ key }) => key);
  const begun = await begunOf(session, seen);
  return news.filter(({ key }) => !begun.has(key));
}

async function begunOf(session: Session, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const statement = sql(session.engine, 'freeze/documents_begun');
  const rows = await session.all<{ item_key: string }>(statement, { item_keys: JSON.stringify(keys) });
  return new Set(rows.map(({ item_key }) => item_key));
}

async function insertSet(session: Session, set: DocumentSet, frozen: number): Promise<ChangeSet> {
  const { window, now } = set;
  const startAt = window?.startAt ?? ALL_TIME;
  const unchanged = set.documents.length - frozen;
  const row = await session.get<{ change_set_id: number }>(
    sql(session.engine, 'freeze/insert_document_set'),
    {
      source: storeSource(set.store),
      kind: window === null ? 'live' : 'backfill',
      start_at: startAt,
      end_at: window?.endAt ?? null,
      now,
      frozen,
      unchanged,
    },
  );
  if (row === undefined) throw new InvariantError('freeze/insert_document_set gave no row');
  return {
    changeSetId: row.change_set_id,
    source: storeSource(set.store),
    ordersFrozen: frozen,
    ordersUnchanged: unchanged,
    rawRows: 0,
    startAt,
    frozenUtc: now,
  };
}

/** The documents travel as parameters of their own: one server does not unescape what OPENJSON gives. */
async function writePage(
  session: Session,
  { store, now }: DocumentSet,
  changeSetId: number,
  page: readonly Hashed[],
): Promise<void> {
  const insert = sql(session.engine, 'freeze/insert_document');
  const note = sql(session.engine, 'ledger/note_marketplace_document');
  await noteMarketplaceOrders(
    session,
    page.map(({ document }) => ({
      store,
      order_number: document.orderNumber,
      marketplace: document.marketplace,
      marketplace_number: document.marketplaceNumber,
      purchased_utc: document.purchasedAt === null ? null : toUtcText(document.purchasedAt),
    })),
    now,
  );
  await session.several(
    page.flatMap(({ document, key, sha256 }) => [
      {
        statement: insert,
        parameters: { change_set_id: changeSetId, item_key: key, json: document.json },
      },
      {
        statement: note,
        parameters: { store, order_number: document.orderNumber, document_sha256: sha256 },
      },
    ]),
  );
}

async function makeBatches(session: Session, set: DocumentSet, changeSet: ChangeSet): Promise<void> {
  const { changeSetId, ordersFrozen, ordersUnchanged } = changeSet;
  for (const pipeline of set.subscribers) {
    const batchId = await insertBatch(session, {
      pipeline,
      changeSetId,
      kind: set.window === null ? 'live' : 'backfill',
      itemsFrozen: ordersFrozen,
      itemsUnchanged: ordersUnchanged,
      now: set.now,
    });
    await insertEvent(session, {
      at: set.now,
      kind: 'frozen',
      pipeline,
      batchId,
      message: `change set ${changeSetId} frozen: ${counted(ordersFrozen, 'new order')} of GoDataFeed store ${set.store}`,
    });
  }
}
