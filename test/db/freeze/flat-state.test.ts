import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/core/clock.js';
import { fromExigoText } from '../../../src/core/time.js';
import { refreshQueue } from '../../../src/db/queue-refresh.js';
import { engines, repetitions, reportMissingEngine } from '../../support/engines.js';
import { stateTables } from '../../support/place.js';
import type { Action } from '../../support/random-writer.js';
import { WriterSite } from '../../support/writer-site.js';

const CYCLES_A_DAY = 50;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  const ORDERS = repetitions(engine, 10, 2);
  const DAYS = repetitions(engine, 20, 8);
  /** Of the cycles in which nothing happens every so many is run. */
  const EVERY_QUIET = repetitions(engine, 1, 10);
  const CYCLES = DAYS * CYCLES_A_DAY;
  /** By then every order waits for a person, with what was done for it, and the retention has had its days. */
  const WARM = (CYCLES * 7) / 10;

  let site: WriterSite;
  beforeEach(async () => {
    site = await WriterSite.open(engine, fromExigoText('2026-06-01 00:00:00.000'), {
      // Rows with a stamp of their own are kept as long as the nightly sweep asks for them.
      source: { sweepHorizonMs: 2 * DAY },
      retention: { frozenMs: DAY, handedOverMs: 2 * DAY },
    });
  });
  afterEach(() => site.close());

  /** The same every day, each day for another order. Orders that are touched, canceled, accepted again, stamped wrongly, and quiet cycles. */
  function whatHappens(cycle: number): Action | null {
    const order = Math.floor(cycle / CYCLES_A_DAY) % ORDERS;
    const honest = { after: 0, stamp: 'honest' } as const;
    switch (cycle % CYCLES_A_DAY) {
      case 3:
        return { ...honest, do: 'status', order, status: 4 };
      case 9:
        return { ...honest, do: 'status', order, status: 7 };
      case 14:
        return { after: 0, do: 'status', order, status: 10, stamp: 'future' };
      case 20:
        return { after: 0, do: 'status', order, status: 7, stamp: 'old' };
      case 32:
        return { after: 0, do: 'lines', order, stamped: cycle % 100 > 50 };
      case 44:
        return { after: 0, do: 'customer', order, stamp: 'future' };
      default:
        return null;
    }
  }

  async function size(): Promise<{ rows: Record<string, number>; pages: number }> {
    const rows: Record<string, number> = {};
    for (const name of await stateTables(site.database))
      rows[name] = (await site.all<{ n: number }>(`SELECT COUNT(*) AS n FROM "${name}"`))[0]?.n ?? 0;
    if (engine !== 'sqlite') return { rows, pages: 0 }; // how a server reuses its pages is its own business
    const [used] = await site.all<{ n: number }>(
      'SELECT page_count - freelist_count AS n FROM pragma_page_count, pragma_freelist_count',
    );
    return { rows, pages: used?.n ?? 0 };
  }

  const quiet = EVERY_QUIET === 1 ? '' : `, of the quiet ones every ${EVERY_QUIET}th run`;
  it(`keeps its state flat over ${CYCLES} cycles${quiet}`, async () => {
    for (let i = 0; i < ORDERS; i++) {
      site.writer.write({ after: 0, do: 'create', status: 7, lines: 2, odd: i % 5 === 0, stamp: 'honest' });
      site.writer.write({ after: 0, do: 'payment', order: i, stamp: i % 6 === 0 ? 'future' : 'honest' });
    }
    const sizes: Awaited<ReturnType<typeof size>>[] = [];
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      site.clock.advance(DAY / CYCLES_A_DAY);
      const action = whatHappens(cycle);
      if (action !== null) site.writer.write(action);
      const foreign = cycle % CYCLES_A_DAY === 30;
      if (action === null && !foreign && cycle % EVERY_QUIET !== 0) continue;
      await site.writer.deliver();
      if (foreign) await site.database.transaction((session) => refreshQueue(session));
      await site.run();
      await site.run([], 'exigo-snapshot-to-csv');
      if (cycle === WARM || cycle === CYCLES) sizes.push(await size());
    }
    const [warm, whole] = sizes;
    expect(warm?.rows['etl.order_link']).toBe(ORDERS);
    expect(warm?.rows['etl.change_set']).toBeGreaterThan(0);
    const grown = Object.entries(whole?.rows ?? {}).filter(
      ([table, rows]) => rows > (warm?.rows[table] ?? 0),
    );
    expect(grown).toEqual([]);
    expect(whole?.pages).toBeLessThanOrEqual((warm?.pages ?? 0) * 1.05);
  }, 300_000);
});
