import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { keyColumn, renamedColumns, type TheirColumns, theirRows } from '../../../src/app/their-files.js';
import { MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { adopt } from '../../../src/engine/adopt/adopt.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { release } from '../../../src/engine/persons/persons.js';
import { compareShadow, type ShadowDifference } from '../../../src/engine/shadow/compare-shadow.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { TheirRows } from '../../../src/queue/their-rows.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { changeOrder, outcomeOf, placeOrder, readableTemplate } from '../../support/small-orders.js';

const HAND_OVER = 'exigo-orders-to-3pl';

/** With a column of the file and one that is left out, in which no difference counts. */
const TEMPLATE = readableTemplate({
  columns: [
    { name: 'order', from: 'order.OrderID' },
    { name: 'street', from: 'order.Address1' },
    { name: 'sku', from: 'line.ItemCode' },
    { name: 'file', from: 'file.number' },
    { name: 'note', from: 'order.Notes', compare: false },
  ],
});

reportMissingEngine();

describe.each(engines())('a pipeline in shadow, on %s', (engine) => {
  let house: House;
  let shadow: Config;
  beforeEach(async () => {
    house = await House.open({ engine, templates: [TEMPLATE] });
    shadow = { ...house.config, modes: { [HAND_OVER]: 'shadow' } };
  });
  afterEach(async () => {
    await expectPromisesKept(house);
    await house.close();
  });

  async function cycle(config: Config): Promise<void> {
    house.clock.advance(15 * MINUTE);
    expect((await house.run(HAND_OVER, { config })).error).toBeNull();
  }
  const folder = () => join(house.config.stateDirectory, 'shadow', 'plain');
  const shadowFiles = async () => (await readdir(folder())).filter((name) => name.endsWith('.csv')).sort();
  const statuses = async () =>
    (await house.all<{ s: number }>('SELECT OrderStatusID AS s FROM "dbo.Orders" ORDER BY OrderID')).map(
      ({ s }) => s,
    );

  it('makes its files in a folder of our own and calls nothing, and says so', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    await cycle(shadow);
    expect(await house.files('plain')).toEqual(new Map());
    const [name = ''] = await shadowFiles();
    expect(await readFile(join(folder(), name), 'utf8')).toContain('\r\n1,1 First St,TEA,1,\r\n');
    expect([house.standin.journal.length, await statuses()]).toEqual([0, [7, 7]]);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    const [wave] = await house.all<{ receipt: string }>('SELECT receipt FROM "etl.wave"');
    expect(wave?.receipt).toMatch(/^shadow: published in .*shadow.plain; not sent to plain$/);
    const context = house.context({ config: shadow });
    const { where, next, links } = await explain(context, 1);
    expect(where[0]).toMatch(/done in shadow at .*; in shadow, not sent: made for plain in PLAIN_0001\.csv/);
    expect(next).toMatch(/^nothing; the earlier script sends it/);
    expect(links[0]?.reference).toBe('shadow: PLAIN_0001.csv');
    const status = await readStatus(context);
    expect(status.pipelines.find(({ pipeline }) => pipeline === HAND_OVER)?.mode).toBe('shadow');
    const open = await house.all(
      `SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${HAND_OVER}'`,
    );
    expect(open).toEqual([]);
  });

  it('does not send again what the earlier script has sent once it is live, unless a person resends it', async () => {
    for (const id of [1, 2]) await placeOrder(house, id);
    await cycle(shadow);
    async function* list() {
      const about = { reference: 'sent.csv', handedOverAt: null, market: null, threePl: 'plain' };
      for (const [i, orderId] of [1, 2].entries()) yield { adopted: { ...about, line: i + 2, orderId } };
    }
    const adopted = await adopt(house.context(), list(), {
      handOver: findPipeline(HAND_OVER),
      marketplace: findPipeline('godatafeed-orders-to-exigo'),
      dryRun: false,
      strict: false,
      tell: () => undefined,
    });
    expect(adopted).toMatchObject({ known: 2, adopted: 0, conflicts: 0 });
    await placeOrder(house, 3);
    await cycle(house.config);
    const live = [...(await house.files('plain')).entries()];
    expect(live.map(([name]) => name)).toEqual(['PLAIN_0002.csv']);
    expect(live[0]?.[1]).toMatch(/^order,street,sku,file,note\r\n3,/);
    expect(await statuses()).toEqual([7, 7, 8]);
    await release(house.context(), findPipeline(HAND_OVER), 2, 'resend', 'the script never sent it');
    await cycle(house.config);
    expect((await house.files('plain')).get('PLAIN_0003.csv')).toMatch(/^order,street,sku,file,note\r\n2,/);
    expect(await statuses()).toEqual([7, 8, 8]);
  });

  it('leaves what is on its way from before alone until it is live again', async () => {
    await placeOrder(house, 1);
    const path = house.config.threePls[0]?.delivery.path ?? '';
    await rm(path, { recursive: true });
    house.clock.advance(15 * MINUTE);
    expect((await house.run(HAND_OVER)).error).not.toBeNull();
    await mkdir(path);
    house.clock.advance(60 * MINUTE);
    await placeOrder(house, 2);
    await cycle(shadow);
    expect([await shadowFiles(), await house.files('plain')]).toEqual([['PLAIN_0002.csv'], new Map()]);
    await cycle(house.config);
    expect([...(await house.files('plain')).keys()]).toEqual(['PLAIN_0001.csv']);
    expect(await statuses()).toEqual([8, 7]);
  });

  async function compareWith(text: string, columns: readonly string[] = []) {
    const [threePl] = house.config.threePls;
    if (threePl === undefined) throw new TypeError('no 3PL');
    const old = join(house.folder, 'old');
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'OLD.csv'), text);
    const theirs = await TheirRows.open(old, house.clock);
    const found: TheirColumns = { common: new Set(), onlyTheirs: new Set(), unusable: 0, faults: [] };
    const renamed = renamedColumns(columns, threePl);
    const told: ShadowDifference[] = [];
    try {
      for await (const row of theirRows({ threePl, paths: [join(old, 'OLD.csv')], renamed }, found)) {
        await theirs.put(row);
      }
      await theirs.flush();
      const times = { from: '2000-01-01 00:00:00.000', to: '2100-01-01 00:00:00.000' };
      const key = keyColumn(threePl);
      const question = { pipeline: HAND_OVER, threePl, key, columns: found.common, ...times };
      const context = house.context({ config: shadow });
      const result = await compareShadow(context, question, theirs, (one) => void told.push(one));
      return { result, told, found };
    } finally {
      await theirs.close();
    }
  }

  it('compares with what the earlier script has sent, order by order and cell by cell', async () => {
    await placeOrder(house, 1);
    await placeOrder(house, 2, {
      lines: [
        ['TEA', '1.00'],
        ['CUP', '2.00'],
      ],
    });
    await placeOrder(house, 3);
    await placeOrder(house, 4, { row: { WarehouseID: 9 } });
    await cycle(shadow);
    const row = (id: number | string, sku: string) => `${id},1 First St,${sku},x,77,else`;
    const old = ['Order No,street,sku,extra,file,note', row(1, 'TEA'), row(2, 'TEA'), row(2, 'MUG')];
    const { result, told, found } = await compareWith(
      [...old, row(4, 'TEA'), row('', 'TEA'), ''].join('\n'),
      ['Order No=order'],
    );
    expect(result).toMatchObject({ orders: 3, same: 1, differing: 1, onlyOurs: 1, onlyTheirs: 1 });
    expect(result.columns).toEqual([
      expect.objectContaining({ column: 'sku', cells: 1, before: 'MUG', after: 'CUP' }),
    ]);
    expect(told.map(({ kind, order, reason }) => [kind, order, reason])).toEqual([
      ['differs', '2', null],
      ['only ours', '3', null],
      ['only theirs', '4', expect.stringMatching(/^held here as NO_ROUTE/)],
    ]);
    expect([found.unusable, [...found.onlyTheirs]]).toEqual([1, ['extra']]);
    await changeOrder(house, 1, { Address1: '2 Second St' });
    await cycle(shadow);
    expect(await outcomeOf(house, 1)).toBe('held CHANGED_AFTER_HAND_OVER');
  });
});
