import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../src/core/clock.js';
import {
  linkMarketplaceOrder,
  marketplaceKey,
  marketplaceOrderAcknowledged,
  marketplaceOrderCanceled,
  marketplaceOrdersNamed,
  marketplaceOrdersOfExigo,
  marketplaceOrdersOfStore,
  type NewMarketplaceOrder,
  noteMarketplaceOrders,
  ofMarketplaceKey,
} from '../../src/queue/ledger/marketplace-orders.js';
import { prune } from '../../src/queue/retention.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';

reportMissingEngine();

const NOW = '2026-11-21 03:00:00.000';
const LATER = '2026-11-21 04:00:00.000';

function order(order_number: string, written: Partial<NewMarketplaceOrder> = {}): NewMarketplaceOrder {
  return {
    store: 'main',
    order_number,
    marketplace: 'Amazon',
    marketplace_number: `113-${order_number}`,
    purchased_utc: '2026-11-20 22:15:00.000',
    ...written,
  };
}

describe.each(engines())('links of marketplace orders on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine });
  });
  afterEach(() => house.close());

  it('are found by the id in Exigo, by store and number, and by either number', async () => {
    const db = house.database;
    await noteMarketplaceOrders(db, [order('1'), order('2'), order('1', { store: 'outlet' })], NOW);
    await linkMarketplaceOrder(db, { store: 'main', order_number: '2' }, 48_001, NOW);
    const linked = await marketplaceOrdersOfExigo(db, [48_001, 48_002]);
    expect([...linked.keys()]).toEqual([48_001]);
    expect(linked.get(48_001)).toEqual({
      ...order('2'),
      frozen_utc: NOW,
      document_sha256: null,
      exigo_order_id: 48_001,
      linked_utc: NOW,
      acknowledged_utc: null,
      canceled_utc: null,
    });
    expect([...(await marketplaceOrdersOfStore(db, 'main', ['1', '3'])).keys()]).toEqual(['1']);
    expect((await marketplaceOrdersNamed(db, '113-1')).map(marketplaceKey)).toEqual(['main/1', 'outlet/1']);
    expect((await marketplaceOrdersNamed(db, '2')).map(marketplaceKey)).toEqual(['main/2']);
  });

  it('stay as they were first said', async () => {
    const db = house.database;
    await noteMarketplaceOrders(db, [order('1')], NOW);
    await noteMarketplaceOrders(db, [order('1', { marketplace: 'eBay' })], LATER);
    const key = { store: 'main', order_number: '1' };
    await linkMarketplaceOrder(db, key, 1, NOW);
    await linkMarketplaceOrder(db, key, 2, LATER);
    await marketplaceOrderAcknowledged(db, key, NOW);
    await marketplaceOrderAcknowledged(db, key, LATER);
    await marketplaceOrderCanceled(db, key, LATER);
    expect((await marketplaceOrdersOfStore(db, 'main', ['1'])).get('1')).toMatchObject({
      marketplace: 'Amazon',
      frozen_utc: NOW,
      exigo_order_id: 1,
      linked_utc: NOW,
      acknowledged_utc: NOW,
      canceled_utc: LATER,
    });
  });

  it('outlive the documents and the ledger; the document of a held order stays for as long as it is held', async () => {
    const db = house.database;
    await noteMarketplaceOrders(db, [order('1')], NOW);
    await house.exec(
      `INSERT INTO "etl.change_set" (source, kind, start_at, frozen_utc, orders_frozen, orders_unchanged, raw_rows)
       VALUES ('godatafeed/main', 'live', '', @now, 2, 0, 0)`,
      { now: NOW },
    );
    await house.exec(
      `INSERT INTO "etl.batch" (pipeline, change_set_id, kind, state, items_frozen, delivered, excluded, held, failed, created_utc, closed_utc)
       VALUES ('p', 1, 'live', 'closed', 2, 1, 0, 1, 0, @now, @now)`,
      { now: NOW },
    );
    for (const [key, state] of [
      ['main/1', 'delivered'],
      ['main/2', 'held'],
    ] as const) {
      await house.exec(
        `INSERT INTO "etl.frozen_document" (change_set_id, item_key, json) VALUES (1, @key, '{}')`,
        {
          key,
        },
      );
      await house.exec(
        `INSERT INTO "etl.item" (batch_id, pipeline, item_key, change_set_id, state, code, reason, created_utc, settled_utc)
         VALUES (1, 'p', @key, 1, @state, 'X', 'x', @now, @now)`,
        { key, state, now: NOW },
      );
    }
    const documents = () => house.all<{ item_key: string }>('SELECT item_key FROM "etl.frozen_document"');
    const later = Date.parse('2028-11-21T03:00:00Z');
    const retention = { frozenMs: 30 * DAY, handedOverMs: 400 * DAY };
    await db.transaction((session) => prune(session, retention, later));
    expect((await documents()).map(({ item_key }) => item_key)).toEqual(['main/2']);
    await house.exec(
      `UPDATE "etl.item" SET resolution = 'IGNORED', resolved_utc = @now WHERE state = 'held'`,
      {
        now: NOW,
      },
    );
    await db.transaction((session) => prune(session, retention, later));
    expect(await documents()).toEqual([]);
    expect(await house.all('SELECT item_id FROM "etl.item"')).toEqual([]);
    expect(await marketplaceOrdersNamed(db, '1')).toHaveLength(1);
  });

  it('give an order of Exigo to one marketplace order alone, and acknowledge none without it', async () => {
    const db = house.database;
    await noteMarketplaceOrders(db, [order('1'), order('2')], NOW);
    await linkMarketplaceOrder(db, { store: 'main', order_number: '1' }, 7, NOW);
    await expect(linkMarketplaceOrder(db, { store: 'main', order_number: '2' }, 7, NOW)).rejects.toThrow();
    await expect(
      marketplaceOrderAcknowledged(db, { store: 'main', order_number: '2' }, NOW),
    ).rejects.toThrow();
  });
});

it('a key can be taken apart again, whatever the number looks like', () => {
  for (const order_number of ['1', '113-55/2', 'a b']) {
    const key = { store: 'main', order_number };
    expect(ofMarketplaceKey(marketplaceKey(key))).toEqual(key);
  }
});
