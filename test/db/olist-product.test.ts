import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { ReplayClock } from '../olist/clock.js';
import { type Compared, OlistProduct } from '../olist/product.js';
import { replay } from '../olist/replay.js';
import { fillers, tinyFiles } from '../olist/tiny.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { makePlace, type Place } from '../support/place.js';

const APPROVED = { approved: '5/1/2017 9:00' };
const FILES = tinyFiles([
  ...fillers(49),
  { id: 'late lines', purchased: '5/1/2017 8:00', ...APPROVED, lines: ['10', '20'] },
  { id: 'shipped', purchased: '5/1/2017 8:01', ...APPROVED, carrier: '5/3/2017 9:00', state: 'RJ' },
  { id: 'canceled late', purchased: '5/1/2017 8:02', ...APPROVED, status: 'canceled', state: 'AM' },
  { id: 'canceled soon', purchased: '5/1/2017 8:03', status: 'canceled', lines: [] },
  { id: 'without lines', purchased: '5/1/2017 8:04', ...APPROVED, lines: [] },
  // The hash of these has them sold by the marketplace: shipped, canceled after it was taken and before, still open.
  { id: 'sale', purchased: '5/1/2017 8:05', ...APPROVED, carrier: '5/3/2017 9:30', state: 'RJ' },
  { id: 'sale b', purchased: '5/1/2017 8:06', ...APPROVED, status: 'canceled' },
  { id: 'sale d', purchased: '5/1/2017 8:07', approved: '5/2/2017 19:00', status: 'canceled' },
  { id: 'sale e', purchased: '5/1/2017 8:08', ...APPROVED, lines: ['5', '6'] },
]);

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let place: Place;
  let folder: string;
  let clock: ReplayClock;
  let database: Database;
  let product: OlistProduct;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-olist-'));
    clock = new ReplayClock();
    place = await makePlace(engine, join(folder, 'orderferry.db'));
    database = await place.open(clock);
    product = await OlistProduct.open(place, database, clock, folder);
  });

  afterEach(async () => {
    await product.close();
    await database.close();
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['stamped', 'unstamped'] as const)(
    'replays a small life without a false alarm, late rows %s',
    async (lateRows) => {
      const compared: Compared[] = [];
      const totals = await replay({
        files: FILES,
        database,
        clock,
        first: '2017-05-01',
        last: '2017-05-05',
        lateRows,
        sales: product.market,
        async runCycle() {
          await product.runCycle();
          compared.push(await product.reconcile());
        },
        readSets: () => product.readSets(),
        confirm: (events, exigoId) => product.confirm(events, exigoId),
      });
      expect(totals).toEqual({
        cuts: 5,
        handedOver: 6,
        lines: 8,
        printed: 6,
        shipped: 2,
        held: 3,
        sales: { made: 3, shipped: 1, canceled: 1 },
      });
      expect(compared.at(-1)?.orders).toBeGreaterThan(4);
      expect(compared.at(-1)?.sales).toBe(4);
      product.market.assertOnce();
    },
  );
});
