import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../src/app/config/load.js';
import { askChoice } from '../../../src/app/starter/questions.js';
import { type StarterChoice, startProject } from '../../../src/app/starter/starter.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orderferry-starter-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const SECRETS = { SQLSERVER_PASSWORD: 'secret-1', GODATAFEED_KEY: 'key-1234' };
const choices: StarterChoice[] = (['sqlite', 'sqlserver'] as const).flatMap((engine) =>
  [true, false].flatMap((godatafeed) =>
    [[], ['north'], ['north', 'south-2']].map((threePls) => ({ engine, godatafeed, threePls })),
  ),
);

test.each(choices)('a project for $engine, $threePls, GoDataFeed: $godatafeed, loads as it is', (choice) => {
  const { written, kept, folders } = startProject(root, choice);
  expect(kept).toEqual([]);
  for (const name of ['pipelines/orders-to-bi.mjs', '.gitignore', 'README.md', 'config/example.env']) {
    expect(written).toContain(name);
  }
  const config = loadConfig(join(root, 'config/orderferry.yaml'), SECRETS);
  const names = choice.threePls.length === 0 ? ['atlas', 'borealis'] : choice.threePls;
  expect(config.database.engine).toBe(choice.engine);
  expect(config.threePls.map(({ name }) => name)).toEqual(names);
  expect(config.godatafeed.stores.map(({ name }) => name)).toEqual(choice.godatafeed ? ['main'] : []);
  for (const { delivery } of config.threePls) expect(existsSync(delivery.path)).toBe(true);
  expect(folders).toContain('var/out/tables');
  const places = config.threePls.map(({ delivery }) => delivery.path);
  expect(new Set(places).size).toBe(names.length);
});

test('what is there is kept, and folders are left alone', () => {
  writeFileSync(join(root, 'README.md'), 'mine');
  const choice = { engine: 'sqlite', threePls: [], godatafeed: false } as const;
  expect(startProject(root, choice).kept).toEqual(['README.md']);
  expect(startProject(root, choice)).toMatchObject({ written: [], folders: [] });
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('mine');
});

test('a few questions at a terminal, asked again until the answer is one', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  const answers = ['sqllite', 'sqlserver', 'North', 'north', '', ''];
  output.on('data', (piece: Buffer) => {
    said.push(piece.toString());
    if (!piece.toString().endsWith('] ')) return;
    const answer = answers.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  expect(await askChoice(input, output)).toEqual({
    engine: 'sqlserver',
    threePls: ['north'],
    godatafeed: false,
  });
  expect(said.join('')).toContain('did you mean "sqlite"?');
  expect(said.join('')).toContain('"North": a 3PL is named by small letters');
});
