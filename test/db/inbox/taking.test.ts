import { appendFile, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/core/clock.js';
import { codeOf, InvariantError, messageOf, TransientError } from '../../../src/core/errors.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import type { InboxPlace } from '../../../src/core/inbox-place.js';
import { dryInbox } from '../../../src/engine/inbox/dry-inbox.js';
import { INBOX_FAULT_POINTS } from '../../../src/engine/inbox/take-inboxes.js';
import { readStatus } from '../../../src/engine/status-view.js';
import { inboxPlace } from '../../../src/extract/inbox-place.js';
import { localFolder } from '../../../src/files/folder/local-folder.js';
import { pointsInSource } from '../../support/crash-cases.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { csv, InboxHouse } from '../../support/inbox-house.js';

reportMissingEngine();

it('tries every point of the source', () => {
  const points = pointsInSource().filter((name) => name.startsWith('inbox/'));
  expect(points.sort()).toEqual([...INBOX_FAULT_POINTS].sort());
});

describe.each(engines())('on %s', (engine) => {
  let site: InboxHouse;
  beforeEach(async () => {
    site = await InboxHouse.open({ engine });
    await site.link(1, 9);
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await site.house.close();
  });

  const later = (ms: number) => site.house.clock.advance(ms);

  describe('a file of a 3PL', () => {
    it('is claimed, archived, read and frozen, good rows and faulty ones', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1', '1,MUG,1,1Z2', '2,TEA,x,1Z3', '3,TEA,1,1Z4'));
      const { changeSets, problems } = await site.take();
      expect(problems).toEqual([]);
      expect(changeSets).toMatchObject([{ source: 'inbox/plain', ordersFrozen: 2 }]);
      expect(await site.files()).toEqual(['A.csv frozen 5 3 1 0']);
      expect(await site.rows()).toEqual([
        'A.csv 2 1 1Z1',
        'A.csv 3 1 1Z2',
        'A.csv 4 BAD_QUANTITY',
        'A.csv 5 3 1Z4',
      ]);
      expect(await site.batches()).toEqual([3]);
      expect(await site.left()).toEqual([]);
      expect([...(await site.archive())]).toEqual([
        ['1-A.csv', csv('1,TEA,1,1Z1', '1,MUG,1,1Z2', '2,TEA,x,1Z3', '3,TEA,1,1Z4')],
      ]);
      expect((await site.take()).changeSets).toEqual([]);
    });

    it('changes nothing when it comes twice, or under another name', async () => {
      const content = csv('1,TEA,1,1Z1');
      await site.put('A.csv', content);
      await site.take();
      await site.put('A.csv', content);
      await site.put('B.csv', content);
      expect((await site.take()).changeSets).toEqual([]);
      expect(await site.files()).toEqual([
        'A.csv frozen 2 1 0 0',
        'A.csv repeated 0 0 0 0',
        'B.csv repeated 0 0 0 0',
      ]);
      expect(await site.rows()).toEqual(['A.csv 2 1 1Z1']);
      expect(await site.batches()).toEqual([1]);
      expect(await site.left()).toEqual([]);
      expect((await site.archive()).size).toBe(3);
    });

    it('brings nothing new with what an earlier file said, and the rest', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1', '2,TEA,1,1Z2'));
      await site.take();
      await site.put('B.csv', csv('002,TEA,1.0,1Z2', '3,TEA,1,1Z3', '1,TEA,1,1Z9'));
      expect((await site.take()).changeSets).toMatchObject([{ ordersFrozen: 2 }]);
      await site.put('C.csv', csv('3,TEA,1,1Z3'));
      expect((await site.take()).changeSets).toMatchObject([{ ordersFrozen: 0 }]);
      expect((await site.rows()).slice(2)).toEqual([
        'B.csv 2 2 1Z2 repeats',
        'B.csv 3 3 1Z3',
        'B.csv 4 1 1Z9',
        'C.csv 2 3 1Z3 repeats',
      ]);
      expect(await site.batches()).toEqual([2, 2]);
    });

    it('has the same row once, on one page or many', async () => {
      const many = Array.from({ length: 450 }, (_, i) => `${(i % 9) + 1},TEA,1,Z${i % 430}`);
      await site.put('A.csv', csv(...many));
      await site.take();
      const rows = await site.rows();
      expect(rows.filter((row) => row.endsWith('DUPLICATE_LINE'))).toHaveLength(0);
      await site.put(
        'B.csv',
        csv('1,TEA,1,X', '1,TEA,1,X', ...many.map((_, i) => `2,T,1,Y${i}`), '2,T,1,Y0', '1,TEA,1,X'),
      );
      await site.take();
      expect((await site.rows()).filter((row) => row.endsWith('DUPLICATE_LINE'))).toEqual([
        'B.csv 3 1 X DUPLICATE_LINE',
        'B.csv 454 2 Y0 DUPLICATE_LINE',
        'B.csv 455 1 X DUPLICATE_LINE',
      ]);
    });

    it('speaks of orders that this 3PL has from us, by our number or the marketplace', async () => {
      const insert = `INSERT INTO "etl.marketplace_order" (store, order_number, marketplace_number, frozen_utc, exigo_order_id, linked_utc)
        VALUES ('main', @number, @theirs, '2026-03-01', @id, '2026-03-01')`;
      await site.house.exec(insert, { number: '70001', theirs: '111-22', id: 5 });
      await site.house.exec(insert, { number: '70002', theirs: '111-33', id: 77 });
      await site.house.exec(
        `INSERT INTO "etl.order_link" (exigo_order_id, system, reference, linked_utc) VALUES (88, 'other', 'x', '2026-03-01')`,
      );
      await site.put(
        'A.txt',
        csv('111-22,A,1,1Z1', '70001,B,1,', '111-33,A,1,', '88,A,1,', '6,A,1,', '99,A,1,', 'x,A,1,'),
      );
      await site.put('A.txt.ok', '');
      await site.take();
      expect(await site.rows()).toEqual([
        'A.txt 2 5 1Z1',
        'A.txt 3 5 ',
        'A.txt 4  NOT_HANDED_OVER',
        'A.txt 5  NOT_HANDED_OVER',
        'A.txt 6 6 ',
        'A.txt 7  UNKNOWN_ORDER',
        'A.txt 8  UNKNOWN_ORDER',
      ]);
    });

    it('that cannot be read is set aside with the reason, and the others are read', async () => {
      await site.put('A.csv', 'NUMBER,ITEM,QTY,TRACK\n1,TEA,1,1Z1\n');
      await site.put('B.csv', Buffer.from('%PDF-1.4'));
      const damaged = gzipSync(
        csv(...Array.from({ length: 5_000 }, (_, i) => `1,T${i},1,${(i * 7_919) % 10_007}`)),
      );
      damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1;
      await site.put('C.csv.gz', damaged);
      await site.put('D.csv', csv('1,TEA,1,1Z1'));
      const { changeSets, problems } = await site.take();
      expect(problems.map(({ error }) => codeOf(error))).toEqual(['MISSING_COLUMN', 'NOT_CSV', 'DAMAGED']);
      expect(changeSets).toHaveLength(1);
      expect(await site.files()).toEqual([
        'A.csv aside MISSING_COLUMN 0 0 0 0',
        'B.csv aside NOT_CSV 0 0 0 0',
        expect.stringMatching(/^C\.csv\.gz aside DAMAGED \d+ 0 0 0$/),
        'D.csv frozen 2 1 0 0',
      ]);
      expect(await site.rows()).toEqual(['D.csv 2 1 1Z1']);
      expect(await site.left()).toEqual([]);
      const [first] = await site.house.all<{ reason: string }>(
        'SELECT reason FROM "etl.inbox_file" ORDER BY file_id',
      );
      expect(first?.reason).toMatch(/^A\.csv of plain: there is no column "ORDER"/);
      const aside = async () => (await readStatus(site.house.context())).setAside.map(({ name }) => name);
      expect(await aside()).toEqual(['A.csv', 'B.csv', 'C.csv.gz']);
      await site.put('A.csv', csv('2,TEA,1,1Z2'));
      await site.take();
      expect(await aside()).toEqual(['B.csv', 'C.csv.gz']);
    });

    it('with more faults than anybody reads has one row for the rest', async () => {
      await site.put('A.csv', csv(...Array.from({ length: 1_500 }, (_, i) => `1,TEA,x${i},`), '2,TEA,1,1Z1'));
      await site.take();
      expect(await site.files()).toEqual(['A.csv frozen 1502 1 1500 0']);
      expect(await site.batches()).toEqual([1_002]);
      const rows = await site.house.all<{ line: number; fault: string }>(
        `SELECT line, fault FROM "etl.inbox_row" WHERE code = 'MORE_FAULTS'`,
      );
      expect(rows).toEqual([
        {
          line: 1_002,
          fault: 'from here on 500 more rows cannot be used; mend the template or ask for the file again',
        },
      ]);
    });
  });

  describe('a file that is not whole', () => {
    it('is left alone while it was written to a moment ago', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'), 59_000);
      await site.take();
      expect(await site.files()).toEqual([]);
      await appendFile(join(site.inbox, 'A.csv'), '2,TEA,1,1Z2\n');
      later(2 * MINUTE);
      const at = site.house.clock.now() / 1_000;
      await utimes(join(site.inbox, 'A.csv'), at, at);
      await site.take();
      expect(await site.files()).toEqual([]);
      later(MINUTE);
      await site.take();
      expect(await site.rows()).toEqual(['A.csv 2 1 1Z1', 'A.csv 3 2 1Z2']);
    });

    it('is known by two looks where its time is not of our clock', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'), -HOUR);
      await site.take();
      later(MINUTE);
      await appendFile(join(site.inbox, 'A.csv'), '2,TEA,1,1Z2\n');
      await site.take();
      later(30_000);
      await site.take();
      expect(await site.files()).toEqual([]);
      later(40_000);
      await site.take();
      expect(await site.files()).toEqual(['A.csv frozen 3 2 0 0']);
    });

    it('has no trigger yet, a name that says so, or is a link', async () => {
      await site.put('A.txt', csv('1,TEA,1,1Z1'), 24 * HOUR);
      await site.put('B.csv.part', csv('2,TEA,1,1Z2'));
      await site.put('C.xml', 'x');
      await mkdir(join(site.inbox, 'D.csv'));
      await site.put('secret', csv('3,TEA,1,1Z3'));
      await symlink(join(site.inbox, 'secret'), join(site.inbox, 'E.txt'));
      await site.put('E.txt.ok', '');
      await site.take();
      expect(await site.files()).toEqual([]);
      await site.put('A.txt.ok', '', 0);
      await site.take();
      expect(await site.files()).toEqual(['A.txt frozen 2 1 0 0']);
      await rename(join(site.inbox, 'B.csv.part'), join(site.inbox, 'B.csv'));
      await site.take();
      expect(await site.files()).toEqual(['A.txt frozen 2 1 0 0', 'B.csv frozen 2 1 0 0']);
      expect(await site.left()).toEqual(['C.xml', 'D.csv', 'E.txt', 'E.txt.ok', 'secret']);
    });

    it('and is written to while it is copied stays until it is', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      setFaultHook(async (point) => {
        if (point === 'inbox/copying') await appendFile(join(site.inbox, 'A.csv.1.taken'), '2,TEA,1,1Z2\n');
      });
      const { problems } = await site.take();
      expect(problems).toMatchObject([{ store: 'inbox/plain', error: { code: 'STILL_WRITTEN' } }]);
      setFaultHook(undefined);
      await site.take();
      expect(await site.files()).toEqual(['A.csv frozen 3 2 0 0']);
    });
  });

  describe('a run that ends anywhere', () => {
    const crash = (point: string, nth = 1) => {
      let count = 0;
      setFaultHook((at) => {
        if (at === point && ++count === nth) throw new InvariantError(`ended at ${point}`);
      });
    };
    const many = Array.from(
      { length: 450 },
      (_, i) => `${(i % 9) + 1},T${i % 440},${i === 300 ? 'x' : 1},Z${i % 440}`,
    );

    it.each(INBOX_FAULT_POINTS)(
      'at %s is gone on with, and leaves nothing undone or done twice',
      async (point) => {
        await site.put('A.csv', csv(...many));
        await site.put('B.txt', csv('1,TEA,1,1Z1'), 4 * MINUTE);
        await site.put('B.txt.ok', '');
        await site.put('C.csv', csv(...many), 3 * MINUTE);
        for (const nth of [1, 2]) {
          crash(point, nth);
          await site.take().catch(() => undefined);
        }
        setFaultHook(undefined);
        later(HOUR);
        await site.take();
        expect((await site.files()).sort()).toEqual([
          'A.csv frozen 451 449 1 0',
          'B.txt frozen 2 1 0 0',
          'C.csv repeated 0 0 0 0',
        ]);
        expect(await site.left()).toEqual([]);
        const rows = await site.rows();
        expect(rows).toHaveLength(451);
        expect(new Set(rows).size).toBe(451);
        expect(await site.batches()).toEqual([10, 1]);
        expect([...(await site.archive()).values()].sort()).toEqual(
          [csv('1,TEA,1,1Z1'), csv(...many), csv(...many)].sort(),
        );
      },
    );

    it('tells a person of a file that somebody took meanwhile', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      crash('inbox/claimed');
      await site.take().catch(() => undefined);
      setFaultHook(undefined);
      await rm(join(site.inbox, 'A.csv'));
      expect((await site.take()).problems).toMatchObject([{ error: { code: 'FILE_GONE' } }]);
      expect((await site.take()).problems).toEqual([]);
      expect(await site.files()).toEqual(['A.csv gone FILE_GONE 0 0 0 0']);
    });

    it('calls nothing gone while the folder is away', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      crash('inbox/renamed');
      await site.take().catch(() => undefined);
      setFaultHook(undefined);
      await rename(site.inbox, `${site.inbox}.away`);
      const { problems } = await site.take();
      expect(problems.map(({ error }) => codeOf(error))).toEqual(['CONFIGURATION', 'CONFIGURATION']);
      await rename(`${site.inbox}.away`, site.inbox);
      await site.take();
      expect(await site.files()).toEqual(['A.csv frozen 2 1 0 0']);
    });

    it('takes another file of the name that a claimed one had', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      crash('inbox/renamed');
      await site.take().catch(() => undefined);
      setFaultHook(undefined);
      await site.put('A.csv', csv('2,TEA,1,1Z2'));
      await site.take();
      await site.take();
      expect(await site.rows()).toEqual(['A.csv 2 1 1Z1', 'A.csv 2 2 1Z2']);
      expect(await site.left()).toEqual([]);
    });

    it('with a full disk leaves the file in the inbox, and goes on when there is room', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      await site.put('B.csv', csv('2,TEA,1,1Z2'), 4 * MINUTE);
      let full = true;
      setFaultHook((point) => {
        if (point === 'inbox/copying' && full) {
          full = false;
          throw Object.assign(new TypeError('ENOSPC: from the test'), { code: 'ENOSPC' });
        }
      });
      const { changeSets, problems } = await site.take();
      expect(changeSets).toHaveLength(1);
      expect(problems[0]?.error).toBeInstanceOf(TransientError);
      expect(messageOf(problems[0]?.error)).toMatch(/no space left; the file stays in the inbox/);
      expect(await site.left()).toEqual(['A.csv.1.taken']);
      expect([...(await site.archive()).keys()]).toEqual(['2-B.csv']);
      await site.take();
      expect((await site.rows()).sort()).toEqual(['A.csv 2 1 1Z1', 'B.csv 2 2 1Z2']);
      expect(await site.left()).toEqual([]);
    });

    it('with a folder that is missing, or may not be written to, changes nothing', async () => {
      await site.put('A.csv', csv('1,TEA,1,1Z1'));
      await rename(site.inbox, `${site.inbox}.away`);
      expect((await site.take()).problems).toMatchObject([
        { store: 'inbox/plain', error: { code: 'CONFIGURATION' } },
      ]);
      await rename(`${site.inbox}.away`, site.inbox);
      const place = inboxPlace(localFolder(site.inbox));
      const refusing: InboxPlace = {
        ...{ description: place.description, kind: place.kind },
        ...{ list: () => place.list(), stat: (name) => place.stat(name), read: (name) => place.read(name) },
        ...{ remove: (name) => place.remove(name), sync: () => place.sync(), check: () => place.check() },
        rename: async () => {
          throw new TransientError('EIO', 'from the test');
        },
      };
      expect((await site.take({ inbox: () => refusing })).problems).toHaveLength(1);
      expect(await site.left()).toEqual(['A.csv']);
      await site.take();
      expect(await site.files()).toEqual(['A.csv frozen 2 1 0 0']);
    });
  });

  it('a dry run reads the files and leaves them where they are', async () => {
    await site.put('A.csv', csv('1,TEA,1,1Z1'));
    await site.put('B.txt', csv('2,TEA,1,1Z2'));
    await site.put('B.txt.ok', '');
    const dry = dryInbox(inboxPlace(localFolder(site.inbox)));
    const { changeSets, problems } = await site.take({ inbox: () => dry });
    expect([changeSets.length, problems]).toEqual([2, []]);
    expect(await site.left()).toEqual(['A.csv', 'B.txt', 'B.txt.ok']);
  });

  it('another process finds the inbox taken, at every point, and every file is read once', async () => {
    for (let i = 1; i <= 3; i++) await site.put(`A${i}.csv`, csv(`${i},TEA,1,1Z${i}`), (10 + i) * MINUTE);
    const other = await site.house.openAnother();
    const seen = new Set<string>();
    setFaultHook(async (point) => {
      if (/before|copying/.test(point)) return; // inside of a transaction, or of a file
      seen.add(point);
      const theirs = await site.takeAs(`pipeline/other-${seen.size}`, other);
      expect([point, theirs.changeSets, theirs.problems]).toEqual([point, [], []]);
    });
    const { changeSets, problems } = await site.take();
    expect([changeSets.length, problems, seen.size]).toEqual([3, [], 7]);
    setFaultHook(undefined);
    expect((await site.takeAs('pipeline/other', other)).changeSets).toEqual([]);
    expect(await site.batches()).toEqual([1, 1, 1]);
  });

  it('thousands of files are looked through, and taken in the order in which they came', {
    timeout: 120_000,
  }, async () => {
    const [count, waiting] = [engine === 'sqlite' ? 100 : 20, 2_000];
    for (let i = 0; i < waiting; i++) await site.put(`W${i}.txt`, 'not triggered');
    for (let i = 0; i < count; i++) {
      await site.put(`A${count - i}.csv`, csv(`${(i % 9) + 1},T,1,Z${i}`), (5_000 - i) * 1_000);
    }
    const { changeSets } = await site.take();
    expect(changeSets).toHaveLength(count);
    expect((await site.files()).map((file) => file.split('.')[0])).toEqual(
      Array.from({ length: count }, (_, i) => `A${count - i}`),
    );
    expect(await site.left()).toHaveLength(waiting);
  });
});
