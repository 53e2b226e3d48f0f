import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../../src/app/pipelines.js';
import { MINUTE } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import type { EngineContext } from '../../../src/engine/context.js';
import { replayBatch } from '../../../src/engine/replay.js';
import { definePipeline, exclude, exigoQueue, threePlNotice } from '../../../src/index.js';
import { engines } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { outcomeOf, placeOrder, readableTemplate } from '../../support/small-orders.js';

/** Tells the 3PL of every order that came back. */
const NOTICE = definePipeline({
  name: 'returns-to-3pl',
  source: exigoQueue({ aggregate: 'order' }),
  transform: (order, { route }) => (order.type === 'ReturnOrder' ? route(order) : exclude('NO_RETURN')),
  load: [threePlNotice({ step: 'notice', section: 'returns' })],
}) as AnyPipeline;

const RETURNS = {
  file: { name: 'RMA_{number:000}.csv' },
  columns: [
    { name: 'RMA', from: 'order.OrderID' },
    { name: 'OF', from: 'order.ReturnOrderID' },
    { name: 'FILE', from: 'file.number' },
  ],
};

const PIPELINE_NAMES = { pipelines: [...PIPELINES, NOTICE] };

describe.each(engines())('notices on %s', (engine) => {
  let house: House;
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(house);
    await house.close();
  });

  async function open(returns: Record<string, unknown> | undefined = RETURNS): Promise<void> {
    house = await House.open({
      engine,
      api: false,
      templates: [readableTemplate({ manifest: 'none', ...(returns === undefined ? {} : { returns }) })],
    });
  }
  const run = (name: string, overrides: Partial<EngineContext> = {}) =>
    house.run(name, { ...PIPELINE_NAMES, ...overrides });
  const rma = (id: number) => placeOrder(house, id, { row: { OrderTypeID: 8, ReturnOrderID: id - 100 } });

  describe('with a section', () => {
    beforeEach(async () => open());

    it('are files of their own, counted by themselves, beside the hand-over files', async () => {
      await placeOrder(house, 1);
      await rma(201);
      expect((await run('exigo-orders-to-3pl')).error).toBeNull();
      expect((await run('returns-to-3pl')).error).toBeNull();
      house.clock.advance(MINUTE);
      await rma(202);
      expect((await run('returns-to-3pl')).error).toBeNull();
      expect(Object.fromEntries(await house.files('plain'))).toEqual({
        'PLAIN_0001.csv': 'order,street,sku\r\n1,1 First St,TEA\r\n',
        'RMA_001.csv': 'RMA,OF,FILE\r\n201,101,1\r\n',
        'RMA_002.csv': 'RMA,OF,FILE\r\n202,102,2\r\n',
      });
      expect(await outcomeOf(house, 201)).toBe('delivered');
      // A notice is no hand-over: it is no proof that the 3PL has the order.
      expect(await house.all('SELECT exigo_order_id AS id FROM "etl.order_link"')).toEqual([{ id: 1 }]);
    });

    it('are sent once, whatever the process was killed at', async () => {
      await rma(201);
      const points = [
        'send/after-intent',
        'send/after-uploaded',
        'send/after-publish',
        'send/before-receipt',
      ];
      for (const point of points) {
        let fired = false;
        setFaultHook(async (name) => {
          if (name !== point || fired) return;
          fired = true;
          throw new Error('killed');
        });
        await run('returns-to-3pl').catch(() => undefined);
        setFaultHook(undefined);
        house.clock.advance(45 * MINUTE);
      }
      await run('returns-to-3pl');
      expect(Object.fromEntries(await house.files('plain'))).toEqual({
        'RMA_001.csv': 'RMA,OF,FILE\r\n201,101,1\r\n',
      });
      expect(await outcomeOf(house, 201)).toBe('delivered');
    });

    it('are replayed byte for byte', async () => {
      await rma(201);
      await run('returns-to-3pl');
      const [batch] = await house.all<{ batch_id: number }>(
        `SELECT batch_id FROM "etl.batch" WHERE pipeline = 'returns-to-3pl'`,
      );
      const out = join(house.folder, 'again');
      const files = await replayBatch(house.context(PIPELINE_NAMES), batch?.batch_id ?? 0, out);
      expect(files.map(({ identical }) => identical)).toEqual([true]);
      expect(await readFile(join(out, 'RMA_001.csv'), 'utf8')).toBe('RMA,OF,FILE\r\n201,101,1\r\n');
    });
  });

  it('go where the section says, in its own form', async () => {
    await open({
      ...RETURNS,
      file: { ...RETURNS.file, delimiter: ';' },
      delivery: { folder: '../out/back' },
    });
    await mkdir(join(house.folder, 'out', 'back'), { recursive: true });
    await rma(201);
    expect((await run('returns-to-3pl')).error).toBeNull();
    const text = await readFile(join(house.folder, 'out', 'back', 'RMA_001.csv'), 'utf8');
    expect(text).toBe('RMA;OF;FILE\r\n201;101;1\r\n');
    expect(await readdir(join(house.folder, 'out', 'plain'))).toEqual([]);
  });

  it('hold the order of a 3PL that takes none', async () => {
    house = await House.open({ engine, api: false, templates: [readableTemplate()] });
    await rma(201);
    await run('returns-to-3pl');
    expect(await outcomeOf(house, 201)).toBe('held NO_NOTICE_FILES');
  });
});
