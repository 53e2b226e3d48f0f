import { createHash } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { MINUTE } from '../../src/core/clock.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import { explain } from '../../src/engine/explain/explain.js';
import { release } from '../../src/engine/persons/persons.js';
import { resendFile } from '../../src/engine/persons/resend-file.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { expectPromisesKept } from '../support/promises.js';
import { carries, changeOrder, filesWith, outcomeOf, placeOrder } from '../support/small-orders.js';

const PIPELINE = PIPELINES[0] as AnyPipeline;
const IDS = [7001, 7002, 7003];

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let first: string;
  beforeEach(async () => {
    house = await House.open({ engine });
    for (const id of IDS) await placeOrder(house, id);
    await cycle();
    [first = ''] = (await house.files('atlas')).keys();
  });
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  async function cycle(name?: string): Promise<void> {
    house.clock.advance(15 * MINUTE);
    expect((await house.run(name)).error).toBeNull();
  }

  const resend = (file: string) => resendFile(house.context(), file, 'lost at the warehouse');

  /** Orders of a file that is no header and no other order's. */
  async function ordersIn(file: string): Promise<number[]> {
    const text = (await house.files('atlas')).get(file) ?? '';
    return IDS.filter((id) => carries(text, id));
  }

  it('sends all orders of a file once more, in one new file and their newest versions', async () => {
    await changeOrder(house, 7002, { Address1: '2 Second St' });
    expect(await resend(`/srv/out/atlas/${first}`)).toContain('3 items go again with the next run');
    await cycle();
    const names = [...(await house.files('atlas')).keys()];
    expect(names).toHaveLength(2);
    expect(await ordersIn(names[1] ?? '')).toEqual(IDS);
    expect((await house.files('atlas')).get(names[1] ?? '')).toContain('2 Second St');
    await cycle();
    expect([...(await house.files('atlas')).keys()]).toHaveLength(2);
    const { timeline } = await explain(house.context(), 7001);
    expect(timeline.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/send file .* again \(lost at the warehouse\)/),
    );
  });

  it('refuses a second resend before the first has left', async () => {
    await resend(first);
    await expect(resend(first)).rejects.toThrow(/3 items \(7001, 7002, 7003\) of it go again .*already/);
  });

  it('refuses a file some of whose orders were sent again since, and names them', async () => {
    await release(house.context(), PIPELINE, 7002, 'resend', null);
    await cycle();
    await expect(resend(first)).rejects.toThrow(
      /1 item \(7002\) of it were sent again since; resend the newer file/,
    );
    const [, second = ''] = (await house.files('atlas')).keys();
    expect(await resend(second)).toContain('1 item goes');
    await cycle();
    expect(await filesWith(house, 'atlas', 7002)).toHaveLength(3);
  });

  it('leaves out what a person canceled, and holds what Exigo canceled', async () => {
    await changeOrder(house, 7001, { Address1: '2 Second St' });
    await cycle();
    await release(house.context(), PIPELINE, 7001, 'cancel', 'double order');
    await changeOrder(house, 7002, { OrderStatusID: 4 });
    expect(await resend(first)).toContain('2 items go again with the next run (batch 5); 1 canceled');
    await cycle();
    expect(await outcomeOf(house, 7002)).toBe('held CANCELED_AFTER_HAND_OVER');
    const names = [...(await house.files('atlas')).keys()];
    expect(await ordersIn(names[1] ?? '')).toEqual([7003]);
  });

  it('says which files there are when it does not know one', async () => {
    await expect(resend('ATL_1.csv')).rejects.toThrow(
      `no file "ATL_1.csv" was made here; the newest are ${first}`,
    );
  });

  it('refuses a file that is still on its way', async () => {
    await placeOrder(house, 7004);
    const folder = house.config.threePls[0]?.delivery.path ?? '';
    await rename(folder, `${folder}.away`);
    house.clock.advance(15 * MINUTE);
    await house.run();
    await rename(`${folder}.away`, folder);
    const [wave] = await house.all<{ file_name: string }>(
      `SELECT file_name FROM "etl.wave" WHERE state = 'planned'`,
    );
    await expect(resend(wave?.file_name ?? '')).rejects.toThrow(/is planned: it is still on its way/);
  });

  it('sends a table file once more: a new number, the same bytes', async () => {
    await cycle('exigo-snapshot-to-csv');
    const folder = house.config.tableCsv.directory;
    const files = async () => (await readdir(folder)).filter((name) => /^Orders_\d+\.csv$/.test(name)).sort();
    const [original = ''] = await files();
    await resend(original);
    await expect(resend(original)).rejects.toThrow(/already/);
    await cycle('exigo-snapshot-to-csv');
    const hashes = await Promise.all(
      (await files()).map(async (name) =>
        createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex'),
      ),
    );
    const sent = await house.all<{ sha256: string }>(
      `SELECT sha256 FROM "etl.wave" WHERE target = 'Orders' AND step = 'table-csv' ORDER BY wave_id`,
    );
    expect(hashes).toEqual(sent.map(({ sha256 }) => sha256));
    expect(sent.at(-1)?.sha256).toBe(sent[0]?.sha256);
  });

  it('sends a table file that is held once a person has looked', async () => {
    const folder = house.config.tableCsv.directory;
    await writeFile(join(folder, 'Orders_000001.csv'), 'not ours\n');
    house.clock.advance(15 * MINUTE);
    expect((await house.run('exigo-snapshot-to-csv')).error).toBeNull();
    expect(await retryWaiting(house.context(), {})).toEqual({ retried: 0, left: 1 });
    await resend('Orders_000001.csv');
    await cycle('exigo-snapshot-to-csv');
    expect(await readdir(folder)).toContain('Orders_000002.csv');
    const open = await house.all(
      `SELECT 1 FROM "etl.item" WHERE state IN ('held', 'failed') AND resolution IS NULL`,
    );
    expect(open).toEqual([]);
  });
});
