/** What happens to the hand-over when the server of a 3PL is cut off, or fails, at each stage. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPipeline } from '../../../src/app/pipelines.js';
import { exitCodeOf } from '../../../src/app/process.js';
import { makeContext } from '../../../src/app/runtime.js';
import { MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { ConfigurationError, StoppedError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { Place } from '../../../src/core/places.js';
import { requestDeadline } from '../../../src/engine/leases.js';
import { runPipeline } from '../../../src/engine/run.js';
import { type FilePlace, openPlace, planAt } from '../../support/file-places.js';
import { House } from '../../support/house.js';
import { changeOrder, outcomeOf, placeOrder } from '../../support/small-orders.js';

const PIPELINE = 'exigo-orders-to-3pl';
const FIRST = 'ATL_20260311_000001.csv';
const MANIFEST = `${FIRST}.manifest.json`;
/** Longer than any pause before the next try. */
const NEXT_TRY = 31 * MINUTE;

describe.each(['sftp', 'ftps'] as const)('%s', (kind) => {
  let house: House;
  let server: FilePlace;

  beforeEach(async () => {
    server = await openPlace(kind);
    house = await House.open();
    await placeOrder(house, 1, { row: { Address1: '1 First St' } });
    await placeOrder(house, 2, { row: { WarehouseID: 2, ShipMethodID: 6, Country: 'DE' } });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await house.close();
    await server.close();
  });

  const configOf = (place: Place = server.place): Config => ({
    ...house.config,
    threePls: house.config.threePls.map((one) => (one.name === 'atlas' ? { ...one, delivery: place } : one)),
  });

  /** A run of its own, as a process would make it: with its own connections. */
  async function run(place?: Place) {
    const context = makeContext({ config: configOf(place), database: house.database, clock: house.clock });
    try {
      return await runPipeline(context, { pipeline: findPipeline(PIPELINE), slices: [] });
    } finally {
      await context.close();
    }
  }

  const seen = async () => (await readdir(server.path)).sort();

  async function runStoppedAt(point: string): Promise<void> {
    setFaultHook((passed) => {
      if (passed === point) throw new StoppedError();
    });
    await run();
    setFaultHook(undefined);
  }

  /** Delivered once: the file with its manifest, nothing else, and it stays so. */
  async function expectDelivered(address = '1 First St'): Promise<void> {
    expect(await seen()).toEqual([FIRST, MANIFEST]);
    expect(await readFile(join(server.path, FIRST), 'utf8')).toContain(address);
    expect(await outcomeOf(house, 1)).toBe('delivered');
    const [wave] = await house.all<{ sha256: string; bytes: number }>(
      `SELECT sha256, bytes FROM "etl.wave" WHERE target = 'atlas'`,
    );
    const manifest = JSON.parse(await readFile(join(server.path, MANIFEST), 'utf8'));
    expect(manifest).toMatchObject({ file: FIRST, sha256: wave?.sha256, bytes: wave?.bytes });
    await run();
    expect(await seen()).toEqual([FIRST, MANIFEST]);
  }

  it('takes file and manifest on one connection, and leaves no mark there', async () => {
    expect(await run()).toMatchObject({ error: null });
    // FTPS looks at the certificate first, on a connection without a login.
    expect(server.server?.logins).toBe(1);
    expect(await outcomeOf(house, 2)).toBe('delivered');
    await expectDelivered();
    const printed = house.standin.journal.flatMap(({ orderIds }) => orderIds);
    expect(printed.sort()).toEqual([1, 2]);
  });

  it('cut off while a file is written: nothing was published, the newest version goes later', async () => {
    planAt(server, 'write', 'cut-before', { name: FIRST });
    const { error } = await run();
    expect(exitCodeOf(error)).toBe(3);
    expect(await outcomeOf(house, 1)).toBe('loading');
    expect(await outcomeOf(house, 2)).toBe('delivered');
    expect((await seen()).filter((name) => !name.endsWith('.part'))).toEqual([]);
    house.clock.advance(NEXT_TRY);
    await changeOrder(house, 1, { Address1: '2 Second St' });
    expect(await run()).toMatchObject({ error: null });
    const names = await seen();
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    const files = names.filter((name) => name.endsWith('.csv'));
    expect(files).toHaveLength(1);
    expect(await readFile(join(server.path, files[0] ?? ''), 'utf8')).toContain('2 Second St');
  });

  it.each(['cut-before', 'cut-after'] as const)(
    'cut off at the rename (%s): the next run looks what is there',
    async (how) => {
      planAt(server, 'rename', how, { name: FIRST, nth: 2 }); // the manifest goes first
      const { error } = await run();
      expect(error).toMatchObject({ code: 'CONNECTION_CUT' });
      expect(exitCodeOf(error)).toBe(3);
      expect((await seen()).includes(FIRST)).toBe(how === 'cut-after');
      house.clock.advance(NEXT_TRY);
      expect(await run()).toMatchObject({ error: null });
      await expectDelivered();
    },
  );

  it('published, the answer lost, and the 3PL was quick: held for a person, sent no second time', async () => {
    planAt(server, 'rename', 'cut-after', { name: FIRST, nth: 2 });
    await run();
    await rm(join(server.path, FIRST));
    house.clock.advance(NEXT_TRY);
    expect(await run()).toMatchObject({ error: null });
    expect(await outcomeOf(house, 1)).toBe('held FILE_GONE');
    expect(await seen()).toEqual([MANIFEST]);
    const [wave] = await house.all<{ last_error: string }>(
      `SELECT last_error FROM "etl.wave" WHERE target = 'atlas' AND state = 'held'`,
    );
    expect(wave?.last_error).toContain(server.folder.description);
    expect(wave?.last_error).toContain('collected it, or somebody removed it');
    await run();
    expect(await seen()).toEqual([MANIFEST]);
  });

  it('a file of somebody else has the name: it is left alone, the orders are held in sight', async () => {
    await writeFile(join(server.path, FIRST), 'not ours');
    expect(await run()).toMatchObject({ error: null });
    expect(await outcomeOf(house, 1)).toBe('held FILE_EXISTS');
    expect(await readFile(join(server.path, FIRST), 'utf8')).toBe('not ours');
  });

  it('another server answers there: exit code 2, no login, the other 3PL does not wait', async () => {
    const stranger =
      server.place.kind === 'sftp'
        ? { ...server.place, hostKeys: [`SHA256:${'A'.repeat(43)}`] }
        : { ...server.place, certificates: ['0'.repeat(64)] };
    const { error } = await run(stranger as Place);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(exitCodeOf(error)).toBe(2);
    expect(server.server?.logins).toBe(0);
    expect(await outcomeOf(house, 2)).toBe('delivered');
    house.clock.advance(NEXT_TRY);
    expect(await run()).toMatchObject({ error: null });
    await expectDelivered();
  });

  it('refuses the rename: exit code 2, the .part stays, and goes when it is allowed', async () => {
    planAt(server, 'rename', 'refuse', { name: FIRST, nth: 2 });
    const { error } = await run();
    expect(exitCodeOf(error)).toBe(2);
    house.clock.advance(NEXT_TRY);
    expect(await run()).toMatchObject({ error: null });
    await expectDelivered();
  });

  // What is left is the protocol's, whatever the place: once is enough.
  if (kind === 'ftps') return;

  it.each([
    ['send/before-uploaded', 'written, which was not noted: it is made again'],
    ['send/after-uploaded', 'written and noted: it is verified and gets its name'],
    ['send/after-publish', 'published: it is found'],
  ])('the process ended at %s, the file %s', async (point) => {
    await runStoppedAt(point);
    expect((await seen()).some((name) => name.endsWith('.part'))).toBe(point !== 'send/after-publish');
    expect(await run()).toMatchObject({ error: null });
    await expectDelivered();
  });

  it.each(['cut-before', 'cut-after'] as const)('cut off at the rename of the manifest (%s)', async (how) => {
    planAt(server, 'rename', how, { name: MANIFEST });
    expect(exitCodeOf((await run()).error)).toBe(3);
    house.clock.advance(NEXT_TRY);
    expect(await run()).toMatchObject({ error: null });
    await expectDelivered();
  });

  it.each([
    ['longer', (text: string) => `${text}more`],
    ['shorter', (text: string) => text.slice(1)],
    ['of the same size', (text: string) => text.replace('1 First St', '9 First St')],
  ])('a .part that was altered after it was noted (%s) is held', async (_what, alter) => {
    await runStoppedAt('send/after-uploaded');
    const part = join(server.path, `${FIRST}.1.part`);
    await writeFile(part, alter(await readFile(part, 'utf8')));
    await run();
    expect(await outcomeOf(house, 1)).toBe('held PART_DIFFERS');
    expect(await seen()).not.toContain(FIRST);
  });

  it('what is on its way was uploaded elsewhere: it is held, and the reason names that place', async () => {
    await runStoppedAt('send/after-uploaded');
    const other = await openPlace(kind);
    try {
      await run(other.place);
      expect(await outcomeOf(house, 1)).toBe('held FILE_GONE');
      const [wave] = await house.all<{ last_error: string }>(
        `SELECT last_error FROM "etl.wave" WHERE target = 'atlas' AND state = 'held'`,
      );
      expect(wave?.last_error).toContain(`uploaded to ${server.folder.description}`);
    } finally {
      await other.close();
    }
  });

  it('not there: exit code 3, the other 3PL does not wait, the file goes when it is back', async () => {
    await server.server?.close();
    const { error } = await run();
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(exitCodeOf(error)).toBe(3);
    expect(await outcomeOf(house, 1)).toBe('loading');
    expect(await outcomeOf(house, 2)).toBe('delivered');
    const back = await openPlace(kind);
    try {
      house.clock.advance(NEXT_TRY);
      expect(await run(back.place)).toMatchObject({ error: null });
      expect((await readdir(back.path)).sort()).toEqual([FIRST, MANIFEST]);
    } finally {
      await back.close();
    }
  });

  it('what is on its way was uploaded here, and a folder takes the files now: it is held as well', async () => {
    await runStoppedAt('send/after-uploaded');
    const { delivery } = house.config.threePls[0] ?? {};
    await run(delivery);
    expect(await outcomeOf(house, 1)).toBe('held FOLDER_DIFFERS');
  });

  it('a takeover waits for the longest act on a server', () => {
    expect(requestDeadline(configOf({ ...server.place, deadlineMs: 7 * MINUTE } as Place))).toBe(7 * MINUTE);
  });
});
