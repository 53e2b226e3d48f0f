/** An inbox on the server of a 3PL, and what is left when the connection is cut, or answers are lost. */
import { readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/app/process.js';
import { makeContext } from '../../../src/app/runtime.js';
import { HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { ConfigurationError, codeOf, messageOf } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { Place } from '../../../src/core/places.js';
import { requestDeadline } from '../../../src/engine/leases.js';
import { type FilePlace, openPlace, planAt } from '../../support/file-places.js';
import { csv, InboxHouse } from '../../support/inbox-house.js';

describe.each(['sftp', 'ftps', 'ftp without facts'] as const)('an inbox by %s', (kind) => {
  let site: InboxHouse;
  let server: FilePlace;
  beforeEach(async () => {
    server = await openPlace(kind);
    site = await InboxHouse.open();
    await site.link(1, 9);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await site.house.close();
    await server.close();
  });

  const later = (ms: number) => site.house.clock.advance(ms);
  const put = (name: string, content: string) => writeFile(join(server.path, name), content);
  const left = async () => (await readdir(server.path)).sort();

  function configOf(inbox: Place): Config {
    const threePls = site.house.config.threePls.map((one) => ({
      ...one,
      confirmations: one.confirmations && { ...one.confirmations, inbox },
    }));
    return { ...site.house.config, threePls };
  }

  /** One look as a process of its own has it: with its own connection. */
  async function take(place: Place = server.place) {
    const config = configOf(place);
    const context = makeContext({ config, database: site.house.database, clock: site.house.clock });
    try {
      return await site.take({ config, inbox: context.inbox });
    } finally {
      await context.close();
    }
  }

  /** Looks until what is there has settled, and then takes it. */
  async function settle(): Promise<void> {
    await take();
    later(2 * MINUTE);
  }

  async function expectTaken(): Promise<void> {
    expect(await site.files()).toEqual(['A.csv frozen 2 1 0 0']);
    expect(await site.rows()).toEqual(['A.csv 2 1 1Z1']);
    expect(await site.batches()).toEqual([1]);
    expect([...(await site.archive())]).toEqual([['1-A.csv', csv('1,TEA,1,1Z1')]]);
    expect(await left()).toEqual([]);
    later(HOUR);
    expect(await take()).toEqual({ changeSets: [], problems: [] });
  }

  it('is read like one here, on one connection: taken, archived, removed', async () => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    await settle();
    const logins = server.server?.logins ?? 0;
    expect((await take()).problems).toEqual([]);
    expect(server.server?.logins).toBe(logins + 1);
    await expectTaken();
  });

  it('has files that are whole by two looks alone, however old their times are', async () => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    const old = site.house.clock.now() / SECOND - 90_000;
    await utimes(join(server.path, 'A.csv'), old, old);
    await take();
    expect(await site.files()).toEqual([]);
    later(30 * SECOND);
    await put('A.csv', csv('1,TEA,1,1Z1', '2,TEA,1,1Z2'));
    await take();
    later(59 * SECOND);
    await take();
    expect(await site.files()).toEqual([]);
    later(2 * SECOND);
    await take();
    expect(await site.rows()).toEqual(['A.csv 2 1 1Z1', 'A.csv 3 2 1Z2']);
  });

  it('needs one look where there is a trigger, which is removed with its file', async () => {
    await put('A.txt', csv('1,TEA,1,1Z1'));
    await take();
    expect(await left()).toEqual(['A.txt']);
    await put('A.txt.ok', '');
    await take();
    expect(await site.files()).toEqual(['A.txt frozen 2 1 0 0']);
    expect(await left()).toEqual([]);
  });

  it.each([
    ['rename', 'cut-after', 'A.csv.1.taken'],
    ['rename', 'cut-before', 'A.csv'],
    ['read', 'cut-before', 'A.csv.1.taken'],
    ['remove', 'cut-before', 'A.csv.1.taken'],
    ['remove', 'fail', 'A.csv.1.taken'],
  ] as const)('%s: %s is taken up by the next run', async (act, how, there) => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    await settle();
    planAt(server, act, how);
    const { problems } = await take();
    expect(problems).toMatchObject([{ store: 'inbox/plain' }]);
    expect(exitCodeOf(problems[0]?.error)).not.toBe(2);
    expect(await left()).toEqual([there]);
    // What is known of a file that was not renamed begins anew.
    for (let looks = there === 'A.csv' ? 3 : 1; looks > 0; looks--) {
      later(2 * MINUTE);
      await take();
    }
    await expectTaken();
  });

  it('remove: an answer that is lost leaves nothing undone', async () => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    await settle();
    planAt(server, 'remove', 'cut-after');
    await take();
    later(2 * MINUTE);
    await take();
    await expectTaken();
  });

  it('does not rename over what is there', async () => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    await settle();
    setFaultHook(async (point) => {
      if (point === 'inbox/claimed') await put('A.csv.1.taken', 'of somebody else');
    });
    const { problems } = await take();
    expect(problems.map(({ error }) => codeOf(error))).toEqual(['FILE_EXISTS']);
    expect(await left()).toEqual(['A.csv', 'A.csv.1.taken']);
    expect(await readFile(join(server.path, 'A.csv.1.taken'), 'utf8')).toBe('of somebody else');
  });

  it('calls nothing gone while its folder is away, and what is gone, gone', async () => {
    await put('A.csv', csv('1,TEA,1,1Z1'));
    await settle();
    const away = `${server.path}.away`;
    setFaultHook(async (point) => {
      if (point === 'inbox/claimed') await rename(server.path, away);
    });
    expect((await take()).problems.map(({ error }) => codeOf(error))).toEqual(['CONFIGURATION']);
    setFaultHook(undefined);
    expect((await take()).problems[0]?.error).toBeInstanceOf(ConfigurationError);
    expect(await site.files()).toEqual(['A.csv claimed 0 0 0 0']);
    await rename(away, server.path);
    await rm(join(server.path, 'A.csv'));
    expect((await take()).problems).toMatchObject([{ error: { code: 'FILE_GONE' } }]);
  });

  it.runIf(kind === 'sftp')('has no links', async () => {
    await put('secret', csv('1,TEA,1,1Z1'));
    await symlink(join(server.path, 'secret'), join(server.path, 'A.txt'));
    await put('A.txt.ok', '');
    await take();
    expect(await site.files()).toEqual([]);
  });

  it.skipIf(kind === 'ftp without facts')('is not logged in to when another server answers', async () => {
    const { place } = server;
    const wrong =
      place.kind === 'sftp'
        ? { ...place, hostKeys: [`SHA256:${'A'.repeat(43)}`] }
        : ({ ...place, secure: 'explicit', certificates: ['0'.repeat(64)] } as Place);
    await put('A.csv', csv('1,TEA,1,1Z1'));
    const { problems } = await take(wrong);
    expect(problems).toHaveLength(1);
    expect(exitCodeOf(problems[0]?.error)).toBe(2);
    expect(messageOf(problems[0]?.error)).toMatch(/another server answers there/i);
    expect(messageOf(problems[0]?.error)).not.toContain('delivery');
    expect(server.server?.logins).toBe(0);
    expect(await left()).toEqual(['A.csv']);
  });

  it('is waited for by a takeover for as long as its longest answer', () => {
    const slow = { ...server.place, deadlineMs: HOUR } as Place;
    expect(requestDeadline(configOf(slow))).toBe(HOUR);
  });
});
