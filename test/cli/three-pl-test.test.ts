import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { init } from '../../src/app/init.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orderferry-cli-'));
  init(folder);
  const lines = [
    'ORDER_NO,STATUS,SKU,QTY,CARRIER,SERVICE,TRACKING,TRACKING_2,SHIP_DATE,SHIP_TIME,NOTE',
    '1001,SHIPPED,TEA,2,UPS,UPS-GROUND,1Z1,,11/20/2026,14:30,left at the door',
    '1001,SHIPPED,MUG,1,TNT,,1Z2,,02/31/2026,,',
    '1001,SHIPPED,TEA,2,UPS,UPS-GROUND,1Z1,,11/20/2026,14:30,left at the door',
  ];
  await writeFile(join(folder, 'ATL_SHIP_1.csv'), `${lines.join('\r\n')}\r\n`);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const test = (...args: string[]) => runCli(folder, ['3pl', 'test', ...args]);

describe('orderferry 3pl test', () => {
  it('shows how a sample is read, row by row, before there is any database', async () => {
    const { code, stdout, stderr } = await test('atlas', 'ATL_SHIP_1.csv');
    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('ATL_SHIP_1.csv as shipments by config/3pl/atlas.yaml');
    expect(lines[3]).toMatch(/^ {3}2 {2}shipped {2}1001 .* 2026-11-20 20:30 .*left at the door$/);
    expect(lines[4]).toMatch(
      /^ {3}3 {2}FAULT .* UNMAPPED_CARRIER: .*"TNT".*; column "SHIP_DATE": "02\/31\/2026"/,
    );
    expect(lines[5]).toMatch(/^ {3}4 {2}FAULT .* DUPLICATE_LINE: /);
    expect(lines[6]).toBe('1 good row, 2 faulty rows');
  });

  it('gives the same as one object', async () => {
    const result = await test('config/3pl/atlas.yaml', 'ATL_SHIP_1.csv', '--json');
    expect(result.json()).toMatchObject({
      template: 'config/3pl/atlas.yaml',
      sample: { file: 'ATL_SHIP_1.csv', kind: 'shipments', aside: null, good: 1, faulty: 2 },
    });
  });

  it('names what is wrong with the command', async () => {
    const result = await test('borealis', 'ATL_SHIP_1.csv');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('matches no kind of file of config/3pl/borealis.yaml');
  });
});
