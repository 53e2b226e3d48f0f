import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { ReplayClock } from '../olist/clock.js';
import { OlistProduct } from '../olist/product.js';
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
      const compared: number[] = [];
      const totals = await replay({
        files: FILES,
        database,
        clock,
        first: '2017-05-01',
        last: '2017-05-05',
        lateRows,
        async runCycle() {
          await product.runCycle();
          compared.push(await product.reconcile());
        },
        readSets: () => product.readSets(),
        confirm: (events) => product.confirm(events),
      });
      expect(totals).toEqual({ cuts: 5, handedOver: 3, lines: 4, printed: 3, shipped: 1, held: 2 });
      expect(compared.at(-1)).toBeGreaterThan(4);
    },
  );
});
