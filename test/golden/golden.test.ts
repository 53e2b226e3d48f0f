/**
 * A folder per feature of a 3PL template: `template.yaml`, the files that the product makes with it of one set of
 * orders (`files/`, byte for byte), and what a reader must find in them (`expected.json`, written by hand).
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Engine } from '../../src/db/database.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';
import { CASES, type GoldenCase } from './cases.js';
import { type FileSection, readBack, wronglyQuoted } from './read-back.js';
import { type Made, make } from './world.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** `ORDERFERRY_GOLDEN=write` writes the golden files anew; without it they are only compared. */
const WRITE = process.env.ORDERFERRY_GOLDEN === 'write';

interface Expected {
  /** Cells of every file that is CSV, records in order, the header row first where there is one. */
  readonly files: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Files that are no CSV, as text. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Names of manifests. */
  readonly manifests?: readonly string[];
  /** Orders that are held, with their codes. */
  readonly held?: Readonly<Record<string, string>>;
}

interface Template {
  readonly file: FileSection;
  readonly cancellations?: { readonly file: FileSection };
  readonly returns?: { readonly file: FileSection };
}

const yamlOf = async (name: string) =>
  parse(await readFile(join(HERE, name, 'template.yaml'), 'utf8')) as Template;
const expectedOf = async (name: string) =>
  JSON.parse(await readFile(join(HERE, name, 'expected.json'), 'utf8')) as Expected;

async function goldenFiles(name: string): Promise<Map<string, Buffer>> {
  const folder = join(HERE, name, 'files');
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file))] as const)),
  );
}

async function writeGolden(name: string, files: Made['files']): Promise<void> {
  const folder = join(HERE, name, 'files');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of files) await writeFile(join(folder, file), bytes);
}

/** On SQL Server an installation takes 20 s, and a format is the same there: see {@link GoldenCase.values}. */
function casesOn(engine: Engine): (readonly [string, GoldenCase])[] {
  const all = Object.entries(CASES);
  const few = all.filter(([, { values }]) => values === true);
  return repetitions(engine, all.length, few.length) === all.length ? all : few;
}

it('every golden folder has a case, and every case a folder', async () => {
  const entries = await readdir(HERE, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual(Object.keys(CASES).sort());
});

reportMissingEngine();

describe.each(engines())('golden files on %s', (engine) => {
  describe.each(casesOn(engine))('%s', (name, { story, section = null }) => {
    let made: Made;
    let golden: Map<string, Buffer>;
    let expected: Expected;
    beforeAll(async () => {
      made = await make(engine, await yamlOf(name), story);
      if (WRITE && engine === 'sqlite') await writeGolden(name, made.files);
      golden = await goldenFiles(name);
      expected = await expectedOf(name);
    });

    it('are made byte for byte, under their names', () => {
      expect([...made.files.keys()]).toEqual([...golden.keys()]);
      for (const [file, bytes] of golden) {
        expect(made.files.get(file)?.toString('latin1'), file).toBe(bytes.toString('latin1'));
      }
    });

    it('hold the orders they cannot carry', () => {
      expect(made.held).toEqual(expected.held ?? {});
    });

    it('read back by another reader, have the expected cells', async () => {
      const template = await yamlOf(name);
      const { files, texts = {}, manifests = [] } = expected;
      expect([...golden.keys()]).toEqual([...Object.keys(files), ...Object.keys(texts), ...manifests].sort());
      for (const [file, rows] of Object.entries(files)) {
        const noticed = section !== null && file.startsWith(section.prefix);
        const form = { ...template.file, ...(noticed ? template[section.name]?.file : {}) };
        const read = readBack(golden.get(file) ?? Buffer.of(), form);
        expect(
          read.map((record) => record.map(({ text }) => text)),
          file,
        ).toEqual(rows);
        expect(wronglyQuoted(read, form), file).toEqual([]);
      }
      for (const [file, text] of Object.entries(texts)) expect(golden.get(file)?.toString()).toBe(text);
    });

    it('are what their manifests say', async () => {
      for (const manifest of expected.manifests ?? []) {
        const file = manifest.replace(/\.manifest\.json$/, '');
        const bytes = golden.get(file) ?? Buffer.of();
        const rows = expected.files[file]?.slice(1) ?? []; // below the header row
        expect(JSON.parse(golden.get(manifest)?.toString() ?? '')).toMatchObject({
          file,
          bytes: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          rows: rows.length,
          orders: new Set(rows.map(([order]) => order)).size,
        });
      }
    });
  });
});
