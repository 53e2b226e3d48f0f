import { afterEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../src/core/clock.js';
import { toExigoText } from '../../src/core/time.js';
import { exigoOrderView } from '../../src/load/exigo-api/order-views.js';
import { godatafeedStoreView } from '../../src/load/godatafeed/store-view.js';
import { type ExigoTenant, errorOf, openExigoTenant } from '../support/exigo-standin.js';
import { type FeedTenant, openFeedTenant, storeOf } from '../support/godatafeed-standin.js';

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

describe('a store', () => {
  let tenant: FeedTenant;
  afterEach(() => tenant.close());

  const view = (written = {}) =>
    godatafeedStoreView(tenant.client(written), storeOf({ baseUrl: tenant.standin.url, ...written }));

  it('shows orders of every status that were imported in the window, page by page, and changes nothing', async () => {
    tenant = await openFeedTenant();
    const now = tenant.clock.now();
    for (let i = 0; i < 25; i++) tenant.standin.put({ number: `G-${i}`, importedAt: now - DAY });
    tenant.standin.put({ number: 'old', importedAt: now - 9 * DAY });
    tenant.standin.put({ number: 'young', importedAt: now });
    tenant.standin.marketplaceSets('G-3', 'Shipped');
    tenant.standin.marketplaceSets('G-4', 'Canceled');
    const sizes: number[] = [];
    const shown = [];
    for await (const page of view({ pageSize: 10 }).imported(now - 7 * DAY, now - MINUTE)) {
      sizes.push(page.length);
      shown.push(...page);
    }
    expect(sizes).toEqual([10, 10, 5]);
    expect(shown.map(({ orderNumber }) => orderNumber)).not.toContain('young');
    expect(shown.slice(2, 5).map(({ status, answer }) => [status, answer])).toEqual([
      ['new', null],
      ['shipped', 'manual'],
      ['canceled', 'manual'],
    ]);
    expect(tenant.standin.journal).toEqual([]);
  });

  it('is not taken for whole when far fewer orders came than were counted', async () => {
    tenant = await openFeedTenant();
    const now = tenant.clock.now();
    tenant.standin.put({ number: 'G-1', importedAt: now - DAY });
    tenant.standin.fail({ kind: 'count-off', by: 9 });
    const error = await errorOf(all(view().imported(now - 7 * DAY, now)));
    expect(error).toMatchObject({ code: 'LIST_SHORT' });
  });
});

describe('the Exigo API', () => {
  let tenant: ExigoTenant;
  afterEach(() => tenant.close());

  async function insert(id: number, modifiedAt: number): Promise<void> {
    await tenant.insert('Orders', {
      OrderID: id,
      CustomerID: 1,
      OrderStatusID: 9,
      OrderTypeID: 2,
      OrderDate: toExigoText(modifiedAt),
      ModifiedDate: toExigoText(modifiedAt),
      TrackingNumber1: '1Z1',
      TrackingNumber3: '1Z3',
    });
  }

  it('shows what was modified after an instant, by ascending id, and orders by their ids', async () => {
    tenant = await openExigoTenant();
    const now = tenant.clock.now();
    for (const id of [9, 4, 7]) await insert(id, now - DAY);
    await insert(5, now - 9 * DAY);
    const view = exigoOrderView(tenant.client(), tenant.config);
    expect((await all(view.changedAfter(now - 7 * DAY))).map(({ orderId }) => orderId)).toEqual([4, 7, 9]);
    const read = await view.read([5, 6]);
    expect([...read.values()]).toEqual([
      {
        orderId: 5,
        status: 'Shipped',
        modifiedAt: now - 9 * DAY,
        createdAt: null,
        tracking: ['1Z1', '1Z3'],
      },
    ]);
    expect(tenant.standin.journal).toEqual([]);
  });

  it('is not believed when it does not understand the list of ids', async () => {
    tenant = await openExigoTenant({ listStyle: 'indexed' });
    for (const id of [1, 2, 3]) await insert(id, tenant.clock.now());
    const view = exigoOrderView(tenant.client(), tenant.config);
    expect(await errorOf(view.read([2, 3]))).toMatchObject({
      message: expect.stringContaining('exigoApi.listStyle'),
    });
  });
});
