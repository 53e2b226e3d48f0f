import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/db/sql.js';

/** Who may import what, as the design draws it: each room only what is to its right. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  core: [],
  db: ['core'],
  http: ['core'],
  extract: ['files', 'godatafeed', 'db', 'http', 'core'],
  transform: ['files', 'godatafeed', 'db', 'http', 'core'],
  load: ['files', 'godatafeed', 'db', 'http', 'core'],
  files: ['core'],
  mail: ['core'],
  godatafeed: ['http', 'core'],
  rate: ['db', 'core'],
  queue: ['db', 'core'],
  engine: ['queue', 'core'],
  standins: ['db', 'core'],
  app: [
    ...[
      'core',
      'db',
      'http',
      'files',
      'godatafeed',
      'mail',
      'rate',
      'extract',
      'transform',
      'load',
      'queue',
      'engine',
    ],
    ...['standins', 'pipelines'],
  ],
};
const ROOMS = Object.keys(MAY);

interface Case {
  readonly file: string;
  readonly imports: string;
  readonly allowed: boolean;
}

function casesOf(room: string): Case[] {
  return [...ROOMS, 'pipelines', 'index'].flatMap((other) =>
    ['', 'deep/'].flatMap((folder) => {
      if (other === room) return [];
      const up = folder === '' ? '../' : '../../';
      const target =
        other === 'index' ? 'index.js' : other === 'pipelines' ? '../pipelines/a.js' : `${other}/a.js`;
      const allowed = other === 'index' ? room === 'app' : MAY[room]?.includes(other) === true;
      return { file: `src/${room}/${folder}${other}.ts`, imports: `${up}${target}`, allowed };
    }),
  );
}

const PIPELINE_CASES: readonly Case[] = [
  { file: 'pipelines/index.ts', imports: '../src/index.js', allowed: true },
  { file: 'pipelines/same.ts', imports: './other.js', allowed: true },
  ...[
    '../src/core/order.js',
    '../src/engine/run.js',
    '../src/db/sql.js',
    './deep/other.js',
    'axios',
    'node:fs',
  ].map((imports, i) => ({ file: `pipelines/no-${i}.ts`, imports, allowed: false })),
];

const CASES = [...ROOMS.flatMap(casesOf), ...PIPELINE_CASES];

/** Files that the check refuses, of a tree that holds one file per case. */
async function refused(cases: readonly Case[]): Promise<Set<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-imports-'));
  try {
    await copyFile(join(PACKAGE_ROOT, 'biome.json'), join(folder, 'biome.json'));
    for (const { file, imports } of cases) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), `import { a } from '${imports}';\n\nexport const b = a;\n`);
    }
    const output = await lint(folder);
    const { diagnostics } = JSON.parse(output) as {
      diagnostics: { category: string; location: { path: string | { file: string } } }[];
    };
    const found = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports');
    return new Set(
      found.map(({ location: { path } }) =>
        (typeof path === 'string' ? path : path.file).replace(/^\.\//, ''),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lint(folder: string): Promise<string> {
  const biome = join(PACKAGE_ROOT, 'node_modules', '.bin', 'biome');
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
  try {
    return (await promisify(execFile)(biome, args, { cwd: folder, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    // It ends with 1 when it finds something, and has said what by then.
    return (error as { stdout: string }).stdout;
  }
}

describe('the check of import directions', () => {
  let found: Set<string>;
  beforeAll(async () => {
    found = await refused(CASES);
  });

  it.each([...ROOMS, 'pipelines'])('knows what %s may import', (room) => {
    const own = CASES.filter(({ file }) =>
      file.startsWith(room === 'pipelines' ? 'pipelines/' : `src/${room}/`),
    );
    const verdicts = (cases: readonly Case[], ok: (one: Case) => boolean) =>
      cases.map((one) => `${one.file} -> ${one.imports}: ${ok(one) ? 'allowed' : 'refused'}`);
    expect(verdicts(own, ({ file }) => !found.has(file))).toEqual(verdicts(own, ({ allowed }) => allowed));
  });
});
