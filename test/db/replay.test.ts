import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../src/app/config/frozen.js';
import { PIPELINES } from '../../src/app/pipelines.js';
import { makeContext } from '../../src/app/runtime.js';
import { advanceSampleTenant, loadSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { DAY, MINUTE } from '../../src/core/clock.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import type { EngineContext } from '../../src/engine/context.js';
import { release } from '../../src/engine/persons/persons.js';
import { replayBatch } from '../../src/engine/replay.js';
import { makeThreePl, parseTemplate } from '../../src/transform/three-pl/index.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House, shippedTemplate } from '../support/house.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let out: string;
  beforeEach(async () => {
    house = await House.open({ engine });
    out = await mkdtemp(join(tmpdir(), 'orderferry-replay-'));
    await loadSampleTenant(house.database, house.clock);
    expect((await house.run()).error).toBeNull();
  });
  afterEach(async () => {
    await house.close();
    await rm(out, { recursive: true, force: true });
  });

  /** The files of the first batch as they were sent, by name. */
  async function sent(): Promise<Map<string, string>> {
    const wanted = await house.all<{ file_name: string }>(
      `SELECT DISTINCT w.file_name FROM "etl.wave" AS w JOIN "etl.item" AS i ON i.wave_id = w.wave_id
     WHERE i.batch_id = 1 ORDER BY 1`,
    );
    const all = new Map([...(await house.files('atlas')), ...(await house.files('borealis'))]);
    return new Map(wanted.map(({ file_name }) => [file_name, all.get(file_name) ?? '']));
  }

  async function expectIdentical(context: EngineContext): Promise<void> {
    const files = await replayBatch(context, 1, out);
    expect(files.map(({ identical }) => identical)).toEqual([true, true]);
    const original = await sent();
    expect((await readdir(out)).sort()).toEqual([...original.keys()]);
    for (const [name, text] of original) expect(await readFile(join(out, name), 'utf8')).toBe(text);
  }

  /** The same installation with other templates. */
  function withTemplates(templates: readonly unknown[]): EngineContext {
    const threePls = templates.map((value) =>
      makeThreePl(parseTemplate(value, 'changed template'), join(house.folder, 'config')),
    );
    const config = { ...house.config, threePls, frozen: freezeConfig(templates) };
    return makeContext({ config, database: house.database, clock: house.clock });
  }

  describe('replay makes the bytes that were sent', () => {
    it('on another day', async () => {
      house.clock.advance(200 * DAY);
      await expectIdentical(house.context());
    });

    it('after the templates were changed', async () => {
      const atlas = shippedTemplate('atlas') as { columns: unknown[] };
      await expectIdentical(
        withTemplates([{ ...atlas, columns: atlas.columns.slice(0, 3) }, shippedTemplate('borealis')]),
      );
    });

    it('after a 3PL was taken out of the configuration', async () => {
      await expectIdentical(withTemplates([shippedTemplate('borealis')]));
    });

    it('after the orders changed, were ignored and resent', async () => {
      house.clock.advance(15 * MINUTE);
      await advanceSampleTenant(house.database, house.clock);
      await house.run();
      const pipeline = PIPELINES[0] as AnyPipeline;
      await release(house.context(), pipeline, SAMPLE_ORDER.addressChanges, 'ignore', null);
      await release(house.context(), pipeline, SAMPLE_ORDER.canceledLate, 'cancel', null);
      await release(house.context(), pipeline, SAMPLE_ORDER.kit, 'resend', null);
      await house.run();
      await expectIdentical(house.context());
    });

    it('of table files, too', async () => {
      await house.run('exigo-snapshot-to-csv');
      const files = await replayBatch(house.context(), 2, out);
      expect(files.map(({ identical }) => identical)).toEqual([true, true, true, true, true, true]);
    });
  });

  describe('replay says what differs', () => {
    it('when frozen rows were altered: which orders, and which counts', async () => {
      await house.exec(
        `UPDATE "etl.frozen_Orders" SET City = 'Elsewhere' WHERE OrderID = ${SAMPLE_ORDER.emoji}`,
      );
      await house.exec(
        `DELETE FROM "etl.frozen_OrderDetails" WHERE OrderID = ${SAMPLE_ORDER.kit} AND OrderLine = 2`,
      );
      const [atlas, borealis] = await replayBatch(house.context(), 1, out);
      expect(borealis?.identical).toBe(true);
      expect(atlas?.identical).toBe(false);
      expect(atlas?.differences).toContainEqual(expect.stringMatching(/^\d+ rows, \d+ were sent$/));
      expect(atlas?.differences).toContain(
        `the frozen rows of 2 orders were altered: ${SAMPLE_ORDER.kit}, ${SAMPLE_ORDER.emoji}`,
      );
    });

    it('when frozen rows are gone: which order, and no file is left behind', async () => {
      await house.exec(`DELETE FROM "etl.frozen_Orders" WHERE OrderID = ${SAMPLE_ORDER.kit}`);
      const [atlas, borealis] = await replayBatch(house.context(), 1, out);
      expect(atlas).toMatchObject({ sha256: null, identical: false });
      expect(atlas?.differences[0]).toContain(`the frozen rows of order ${SAMPLE_ORDER.kit} are not kept`);
      expect(await readdir(out)).toHaveLength(1);
      expect(borealis?.identical).toBe(true);
    });
  });

  describe('replay refuses', () => {
    it('a batch that is not there', async () => {
      await expect(replayBatch(house.context(), 99, out)).rejects.toThrow(/there is no batch 99/);
    });

    it('a folder that a warehouse reads, also by another name', async () => {
      const folder = house.config.threePls[0]?.delivery.path ?? '';
      await expect(replayBatch(house.context(), 1, folder)).rejects.toThrow(/delivery folder of 3PL atlas/);
      await symlink(folder, join(out, 'link'));
      await expect(replayBatch(house.context(), 1, join(out, 'link'))).rejects.toThrow(/counts as sent/);
      await expect(replayBatch(house.context(), 1, house.config.tableCsv.directory)).rejects.toThrow(
        /the table files/,
      );
    });
  });
});
