import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { init } from '../../../src/app/init.js';
import { loadTemplate, readSample } from '../../../src/app/sample-confirmation.js';
import { writeOrder } from '../../../src/app/sample-order.js';
import { ConfigurationError, UsageError } from '../../../src/core/errors.js';
import { House } from '../../support/house.js';
import { placeOrder, readableTemplate } from '../../support/small-orders.js';

describe('a sample of a 3PL', () => {
  let folder: string;
  let config: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-sample-'));
    init(folder);
    config = join(folder, 'config', 'orderferry.yaml');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is read by the template alone, of the kind that its name has or that is asked for', async () => {
    const path = join(folder, 'ATL_ACK_1.csv');
    await writeFile(
      path,
      'ORDER_NO,RESULT,PROCESSED,MESSAGE\n1,OK,2026-11-20 10:00:00,\n2,REJ,,no stock\n3,?,,\n',
    );
    const atlas = loadTemplate('atlas', config);
    expect(await readSample(atlas, path, undefined, 1)).toMatchObject({
      kind: 'answers',
      aside: null,
      good: 2,
      faulty: 1,
      rows: [
        { line: 2, answer: 'accepted' },
        { line: 4, code: 'UNMAPPED_ANSWER' },
      ],
    });
    expect(await readSample(atlas, path, 'shipments', 50)).toMatchObject({
      aside: { code: 'MISSING_COLUMN' },
      rows: [],
    });
    await expect(readSample(atlas, path, 'shipment', 50)).rejects.toThrow(/has the kinds answers, shipments/);
    await expect(readSample(atlas, join(folder, 'ATL_ACK_2.csv'), undefined, 50)).rejects.toThrow(UsageError);
    expect(() => loadTemplate('atlsa', config)).toThrow(ConfigurationError);
  });
});

describe('an order', () => {
  it('is shown as the template writes its newest frozen version', async () => {
    const house = await House.open({ templates: [readableTemplate()] });
    try {
      await placeOrder(house, 7);
      await house.run();
      const context = house.context();
      const [threePl] = house.config.threePls;
      if (threePl === undefined) throw new UsageError('no 3PL');
      const written = await writeOrder(context, threePl, 7);
      expect(written).toMatchObject({ orderId: 7, held: null });
      expect(written.rows).toHaveLength(1);
      await expect(writeOrder(context, threePl, 8)).rejects.toThrow(/order 8 has no frozen version/);
    } finally {
      await house.close();
    }
  });
});
