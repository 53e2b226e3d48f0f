import { expect, it } from 'vitest';
import { type ListReader, readAll } from '../../src/godatafeed/list.js';
import type { FeedOrder } from '../../src/godatafeed/orders.js';

function feedOrder(orderNumber: string): FeedOrder {
  return {
    orderNumber,
    marketplaceNumber: null,
    destinationNumber: null,
    status: 'shipped',
    marketplace: null,
    purchasedAt: null,
    raw: `{"OrderNumber":"${orderNumber}"}`,
    fields: {},
  };
}

/** 300 orders, 100 to a page. */
function reader(counted: number, keep?: ListReader['keep']): ListReader {
  const all = Array.from({ length: 300 }, (_, i) => feedOrder(String(i + 1)));
  return {
    name: 'store main',
    ...(keep === undefined ? {} : { keep }),
    count: async () => counted,
    page: async (page) => ({ orders: all.slice((page - 1) * 100, page * 100), page, pageSize: 100 }),
  };
}

it('a list gives the orders to keep, and counts the others', async () => {
  const { orders } = await readAll(reader(300, ({ orderNumber }) => orderNumber === '150'));
  expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(['150']);
  expect((await readAll(reader(300))).orders).toHaveLength(300);
});

it('a list that is short is short, whatever is kept of it', async () => {
  await expect(readAll(reader(1_000, () => false))).rejects.toMatchObject({ code: 'LIST_SHORT' });
});
