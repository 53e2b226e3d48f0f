/** What happens to the hand-over when the folder of a 3PL fails in each of the ways it can. */
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeConfig } from '../../../src/app/config/frozen.js';
import { findPipeline } from '../../../src/app/pipelines.js';
import { exitCodeOf } from '../../../src/app/process.js';
import { makeContext } from '../../../src/app/runtime.js';
import { MINUTE, SECOND } from '../../../src/core/clock.js';
import { StoppedError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { FOLDER_MARK } from '../../../src/core/targets.js';
import type { EngineContext } from '../../../src/engine/context.js';
import { runPipeline } from '../../../src/engine/run.js';
import type { FileSystem } from '../../../src/files/folder/file-system.js';
import { localFolder } from '../../../src/files/folder/local-folder.js';
import { fileDelivery } from '../../../src/load/files/delivery.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';
import { watchedFileSystem } from '../../support/crash-files.js';
import { stopAt } from '../../support/crash-stop.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House, shippedTemplate } from '../../support/house.js';
import { changeOrder, filesWith, outcomeOf, placeOrder } from '../../support/small-orders.js';

const PIPELINE = 'exigo-orders-to-3pl';
const FIRST = 'ATL_20260311_000001.csv';
/** Longer than any pause before the next try. */
const NEXT_TRY = 31 * MINUTE;
const LEASE_AND_DEADLINE = MINUTE + 5 * SECOND + 1;

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let house: House;
  let atlas: string;

  beforeEach(async () => {
    house = await House.open({ engine });
    atlas = house.config.threePls[0]?.delivery.path ?? '';
    await placeOrder(house, 1, { row: { Address1: '1 First St' } });
    await placeOrder(house, 2, { row: { WarehouseID: 2, ShipMethodID: 6, Country: 'DE' } });
  });

  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
  });

  /** Deliveries through a file system that somebody watches. */
  const through = (fs: FileSystem): Partial<EngineContext> => ({
    delivery: (target) =>
      fileDelivery(
        localFolder(target === 'tables' ? house.config.tableCsv.directory : target.delivery.path, fs),
      ),
  });

  const systemError = (code: string) => Object.assign(new Error(`${code}: from the test`), { code });

  const parts = async () => (await readdir(atlas)).filter((name) => /\.\d+\.part$/.test(name));

  const versions = async (id: number) =>
    (
      await house.all<{ outcome: string }>(
        `SELECT RTRIM(CONCAT(state, ' ', code)) AS outcome FROM "etl.item" WHERE order_id = ${id} ORDER BY item_id`,
      )
    ).map(({ outcome }) => outcome);

  const openBatches = () =>
    house.all(`SELECT batch_id FROM "etl.batch" WHERE state <> 'closed' AND pipeline = '${PIPELINE}'`);

  describe('a folder that fails before anything has left', () => {
    const move = () => changeOrder(house, 1, { Address1: '2 Second St' });

    async function expectNewestOnly(): Promise<void> {
      expect(await house.run()).toMatchObject({ error: null });
      await house.run(); // what the run before has printed is no change
      expect(await versions(1)).toEqual(['excluded SUPERSEDED', 'delivered', 'excluded ALREADY_HANDED_OVER']);
      const [file = '', ...more] = await filesWith(house, 'atlas', 1);
      expect(more).toEqual([]);
      const text = (await house.files('atlas')).get(file);
      expect(text).toContain('2 Second St');
      expect([...(await house.files('atlas')).values()].join()).not.toContain('1 First St');
      expect(await parts()).toEqual([]);
      expect(await openBatches()).toEqual([]);
    }

    it('missing, then made: the newest version goes out, the other 3PL never waited', async () => {
      await rename(atlas, `${atlas}-away`);
      const { error } = await house.run();
      expect(exitCodeOf(error)).toBe(2);
      expect(String(error)).toContain(atlas);
      expect(await outcomeOf(house, 1)).toBe('loading');
      expect(await outcomeOf(house, 2)).toBe('delivered');
      await rename(`${atlas}-away`, atlas);
      house.clock.advance(NEXT_TRY);
      await move();
      await expectNewestOnly();
    });

    it.each(['write', 'sync'])('full at the %s, then emptied: the newest version goes out', async (act) => {
      const full = watchedFileSystem(atlas, {
        before(what) {
          if (what === `${act} ${FIRST}.1.part`) throw systemError('ENOSPC');
        },
      });
      const { error } = await house.run(PIPELINE, through(full));
      expect(error).toMatchObject({ code: 'ENOSPC' });
      expect(exitCodeOf(error)).toBe(3);
      expect(await parts()).toEqual([]);
      expect((await house.files('atlas')).size).toBe(0);
      house.clock.advance(NEXT_TRY);
      await move();
      await expectNewestOnly();
    });

    it('canceled meanwhile: nothing goes out, and no file is made', async () => {
      await rename(atlas, `${atlas}-away`);
      await house.run();
      await rename(`${atlas}-away`, atlas);
      house.clock.advance(NEXT_TRY);
      await changeOrder(house, 1, { OrderStatusID: 4 });
      expect(await house.run()).toMatchObject({ error: null });
      expect(await versions(1)).toEqual(['excluded SUPERSEDED', 'excluded NOT_ACCEPTED']);
      expect((await house.files('atlas')).size).toBe(0);
      expect(await openBatches()).toEqual([]);
    });

    it('missing after a kill in the upload: the .part of a version that was overtaken goes, too', async () => {
      const stopped = stopAt('folder/write-after');
      const killed = house.run();
      await stopped.reached;
      house.clock.advance(LEASE_AND_DEADLINE);
      await rename(atlas, `${atlas}-away`);
      const other = await house.openAnother();
      const context = makeContext({ config: house.config, database: other, clock: house.clock });
      const again = () => runPipeline(context, { pipeline: findPipeline(PIPELINE), slices: [] });
      expect(exitCodeOf((await again()).error)).toBe(2);
      await rename(`${atlas}-away`, atlas);
      house.clock.advance(NEXT_TRY);
      await changeOrder(house, 1, { OrderStatusID: 4 });
      expect(await parts()).toEqual([`${FIRST}.1.part`]);
      expect(await again()).toMatchObject({ error: null });
      expect(await parts()).toEqual([]);
      stopped.resume();
      await killed;
    });
  });

  describe('a 3PL that collects a file the instant it appears', () => {
    const collecting = () =>
      watchedFileSystem(atlas, {
        async after(act, path) {
          if (act.startsWith('rename ') && path.startsWith(atlas)) await rm(path);
        },
      });

    it('gets it once', async () => {
      expect(await house.run(PIPELINE, through(collecting()))).toMatchObject({ error: null });
      expect(await versions(1)).toEqual(['delivered']);
      expect(await house.run(PIPELINE, through(collecting()))).toMatchObject({ error: null });
      const waves = await house.all(`SELECT state FROM "etl.wave" WHERE target = 'atlas'`);
      expect(waves).toEqual([{ state: 'delivered' }]);
    });

    it('gets it once, also when the process ends before it is recorded', async () => {
      let renamed = 0;
      setFaultHook((point) => {
        if (point === 'folder/rename-after' && ++renamed === 2) throw new StoppedError();
      });
      expect((await house.run(PIPELINE, through(collecting()))).error).toMatchObject({ code: 'STOPPED' });
      setFaultHook(undefined);
      expect(await house.run(PIPELINE, through(collecting()))).toMatchObject({ error: null });
      expect(await versions(1)).toEqual(['delivered']);
      const [wave] = await house.all<{ receipt: string }>(
        `SELECT receipt FROM "etl.wave" WHERE target = 'atlas'`,
      );
      expect(wave?.receipt).toContain('collected');
      expect(await readdir(atlas)).toEqual([FOLDER_MARK]);
    });
  });

  describe('a share that is not mounted where an uploaded file was on its way', () => {
    const printed = () => house.standin.journal.flatMap(({ orderIds }) => orderIds);
    const file = async () => house.all(`SELECT state, receipt FROM "etl.wave" WHERE file_name = '${FIRST}'`);

    beforeEach(async () => {
      setFaultHook((point) => {
        if (point === 'send/before-publish') throw new StoppedError();
      });
      expect((await house.run()).error).toMatchObject({ code: 'STOPPED' });
      setFaultHook(undefined);
      await rename(atlas, `${atlas}-share`);
      await mkdir(atlas); // the mount point
    });

    async function mount(): Promise<void> {
      await rm(atlas, { recursive: true });
      await rename(`${atlas}-share`, atlas);
    }

    it('proves nothing: the run says so with code 3, and goes on when it is mounted', async () => {
      for (const _ of [1, 2]) {
        const { error } = await house.run();
        expect(error).toMatchObject({ code: 'FOLDER_UNMARKED' });
        expect(exitCodeOf(error)).toBe(3);
        expect(String(error)).toMatch(/mount/);
        expect(await outcomeOf(house, 1)).toBe('loading');
        house.clock.advance(NEXT_TRY);
      }
      expect(printed()).toEqual([2]);
      await mount();
      expect(await house.run()).toMatchObject({ error: null });
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await filesWith(house, 'atlas', 1)).toEqual([FIRST]);
      expect((await file())[0]).toMatchObject({ receipt: expect.stringContaining('published') });
    });

    it('is held for a person when another file was uploaded there meanwhile', async () => {
      await placeOrder(house, 3);
      await house.run(); // order 3 goes into the mount point, which has a mark of its own then
      expect(await readdir(atlas)).toContain(FOLDER_MARK);
      await house.run();
      expect(await outcomeOf(house, 1)).toBe('held FOLDER_DIFFERS');
      expect(await file()).toMatchObject([{ state: 'held' }]);
      expect(printed()).not.toContain(1);
    });

    it('is held for a person who says that the mark was removed from the right folder', async () => {
      await house.run();
      await writeFile(join(atlas, FOLDER_MARK), 'removed\n');
      house.clock.advance(NEXT_TRY);
      await house.run();
      expect(await outcomeOf(house, 1)).toBe('held FOLDER_DIFFERS');
    });

    it('is taken as collected where the mark of the upload is', async () => {
      await mount();
      await rm(join(atlas, (await parts())[0] ?? ''));
      expect(await house.run()).toMatchObject({ error: null });
      expect((await file())[0]).toMatchObject({ receipt: expect.stringContaining('collected') });
    });
  });

  describe('a name that is taken', () => {
    it('by a foreign file: it is left alone, the orders are held in sight', async () => {
      await writeFile(join(atlas, FIRST), 'not ours');
      expect(await house.run()).toMatchObject({ error: null }); // held is an outcome, as when it is found in recovery
      expect(await outcomeOf(house, 1)).toBe('held FILE_EXISTS');
      expect(await readFile(join(atlas, FIRST), 'utf8')).toBe('not ours');
      expect(await house.all(`SELECT state FROM "etl.wave" WHERE target = 'atlas'`)).toEqual([
        { state: 'held' },
      ]);
      const printed = house.standin.journal.flatMap(({ orderIds }) => orderIds);
      expect(printed).toEqual([2]);
      expect(await openBatches()).toEqual([]);
      house.clock.advance(NEXT_TRY);
      await house.run();
      expect(await outcomeOf(house, 1)).toBe('held FILE_EXISTS');
      expect(await filesWith(house, 'atlas', 1)).toEqual([]);
    });

    it('by our own file, renamed meanwhile by who was stopped in that act: it is delivered, nobody is asked', async () => {
      setFaultHook(async (point) => {
        if (point !== 'send/before-publish' || !(await parts()).includes(`${FIRST}.1.part`)) return;
        await copyFile(join(atlas, `${FIRST}.1.part`), join(atlas, FIRST));
      });
      expect(await house.run()).toMatchObject({ error: null });
      setFaultHook(undefined);
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await parts()).toEqual([]);
    });

    it('by our own file, after a kill before the receipt: it is recognised', async () => {
      setFaultHook((point) => {
        if (point === 'send/after-publish') throw new StoppedError();
      });
      await house.run();
      setFaultHook(undefined);
      expect(await house.run()).toMatchObject({ error: null });
      expect(await versions(1)).toEqual(['delivered']);
      expect([...(await house.files('atlas')).keys()]).toEqual([FIRST]);
    });
  });

  describe('a template that turns out not to take an order', () => {
    it('holds that order, and the others go', async () => {
      await placeOrder(house, 3, { row: { Address1: 'A street with a long name' } });
      setFaultHook((point) => {
        if (point === 'transform/after-batch') throw new StoppedError();
      });
      await house.run(); // decided with today's templates, planned with tomorrow's
      setFaultHook(undefined);
      const template = shippedTemplate('atlas') as { columns: { name: string; limit?: unknown }[] };
      for (const column of template.columns) {
        if (column.name === 'ADDRESS_1') column.limit = { max: 12, over: 'hold' };
      }
      const templates = [template, shippedTemplate('borealis')];
      const config = {
        ...house.config,
        threePls: templates.map((value) =>
          makeThreePl(parseTemplate(value, 'test template'), join(house.folder, 'config')),
        ),
        frozen: freezeConfig(templates),
      };
      expect(await house.run(PIPELINE, { config })).toMatchObject({ error: null });
      expect(await outcomeOf(house, 1)).toBe('delivered');
      expect(await outcomeOf(house, 3)).toMatch(/^held /);
      expect(await filesWith(house, 'atlas', 3)).toEqual([]);
      expect(await openBatches()).toEqual([]);
    });
  });

  describe('what is on the disk', () => {
    it('is whole when the local disk takes less than it is given', async () => {
      const probe = await open(join(house.folder, 'probe'), 'w');
      const prototype = Object.getPrototypeOf(probe) as { write: (...parameters: unknown[]) => unknown };
      await probe.close();
      const { write } = prototype;
      prototype.write = function (piece, offset, length, ...rest) {
        const start = typeof offset === 'number' ? offset : 0;
        const all = typeof length === 'number' ? length : (piece as Uint8Array).byteLength - start;
        return Reflect.apply(write, this, [piece, start, Math.ceil(all / 2), ...rest]);
      };
      try {
        expect(await house.run()).toMatchObject({ error: null });
      } finally {
        prototype.write = write;
      }
      const [wave] = await house.all<{ bytes: number }>(
        `SELECT bytes FROM "etl.wave" WHERE target = 'atlas'`,
      );
      expect((await readFile(join(atlas, FIRST))).byteLength).toBe(wave?.bytes);
    });

    it.each([
      ['the upload was cut short', 'folder/write-after', 1, [`sync ${FIRST}.2.part`, `rename ${FIRST}`]],
      ['the rename was not synced', 'folder/rename-after', 2, ['sync folder', 'receipt']],
    ] as const)('is synced by whoever takes over when %s', async (_what, point, pass, order) => {
      const stopped = stopAt(point, pass);
      const killed = house.run();
      await stopped.reached;
      house.clock.advance(LEASE_AND_DEADLINE);
      const acts: string[] = [];
      setFaultHook((passed) => {
        if (passed === 'send/before-receipt') acts.push('receipt');
      });
      const other = await house.openAnother();
      const context = makeContext({ config: house.config, database: other, clock: house.clock });
      const watching = watchedFileSystem(atlas, { after: (act) => void acts.push(act) });
      const second = await runPipeline(
        { ...context, ...through(watching) },
        { pipeline: findPipeline(PIPELINE), slices: [] },
      );
      expect(second).toMatchObject({ error: null });
      const [earlier, later] = order.map((act) => acts.indexOf(act));
      expect(earlier).toBeGreaterThanOrEqual(0);
      expect(later).toBeGreaterThan(earlier ?? 0);
      stopped.resume();
      await killed;
    });
  });
});
