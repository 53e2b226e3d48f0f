import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FOLDER_MARK } from '../../src/core/targets.js';
import type { CrashSite } from './crash-site.js';

/** What a life of the installation came to, without times, attempts, ids and tokens. */
export interface Outcome {
  /** Per pipeline and order: verdict after verdict, one per frozen version. */
  readonly orders: Readonly<Record<string, readonly string[]>>;
  readonly effects: readonly string[];
  readonly links: readonly string[];
  readonly statuses: readonly string[];
  /** Per 3PL file and manifest: its content. */
  readonly handOvers: Readonly<Record<string, string>>;
  /** Per table: the rows of all its files. Which change set a row came with depends on when the runs were. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** The moves of each order, by the journal of the stand-in. */
  readonly moves: readonly string[];
}

/** Reads the outcome, and checks what must hold in any life, disturbed or not. */
export async function outcomeOf(site: CrashSite): Promise<Outcome> {
  await expectSound(site);
  const lines = async (text: string) =>
    (await site.all<{ line: string }>(text)).map(({ line }) => line).sort();
  const items = await site.all<{ name: string; verdict: string }>(
    `SELECT CONCAT(pipeline, '/', order_id) AS name,
            CONCAT(state, ' ', code, ' ', resolution, ' ', target) AS verdict
     FROM "etl.item" WHERE order_id IS NOT NULL ORDER BY order_id, change_set_id, item_id`,
  );
  const orders: Record<string, string[]> = {};
  for (const { name, verdict } of items) {
    orders[name] ??= [];
    orders[name].push(verdict);
  }
  return {
    orders,
    effects: await lines(
      `SELECT CONCAT(step, ' ', item_key, ' ', generation, ' ', state) AS line
       FROM "etl.effect" WHERE order_id IS NOT NULL`,
    ),
    links: await lines(
      `SELECT CONCAT(exigo_order_id, ' ', system, ' ', reference) AS line FROM "etl.order_link"`,
    ),
    statuses: await lines(`SELECT CONCAT(OrderID, ' ', OrderStatusID) AS line FROM "dbo.Orders"`),
    handOvers: handOversOf(site),
    tables: tablesOf(site),
    moves: site.standin.journal
      .flatMap(({ changes }) => changes.map(({ orderId, from, to }) => `${orderId} ${from} -> ${to}`))
      .sort(),
  };
}

async function expectSound(site: CrashSite): Promise<void> {
  const none = async (what: string, text: string) =>
    expect({ [what]: await site.all(text) }).toEqual({ [what]: [] });
  await none('open batches', `SELECT * FROM "etl.batch" WHERE state <> 'closed'`);
  await none(
    'unbalanced batches',
    `SELECT b.batch_id FROM "etl.batch" AS b
     WHERE items_frozen <> (SELECT COUNT(*) FROM "etl.item" AS i WHERE i.batch_id = b.batch_id)
        OR items_frozen <> delivered + excluded + held + failed`,
  );
  await none('open waves', `SELECT * FROM "etl.wave" WHERE state <> 'delivered'`);
  await none('open effects', `SELECT * FROM "etl.effect" WHERE state <> 'done'`);
  await none('leases not given back', `SELECT * FROM "etl.lease" WHERE released = 0`);
  if (site.database.engine === 'sqlite') {
    await none('damage', `SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'`);
    await none('dangling keys', 'SELECT * FROM pragma_foreign_key_check');
  }
  await none(
    'holes in file numbers',
    `SELECT pipeline, target FROM "etl.wave" GROUP BY pipeline, target HAVING MAX(number) <> COUNT(*)`,
  );
  const spool = join(site.folder, 'state', 'spool');
  expect({ spool: existsSync(spool) ? filesBelow(spool) : [] }).toEqual({ spool: [] });
  expect({ parts: filesBelow(site.folder).filter((name) => name.endsWith('.part')) }).toEqual({ parts: [] });
  const idle = site.standin.journal.filter(({ changes }) => changes.every(({ from, to }) => from === to));
  expect({ idle }).toEqual({ idle: [] });
}

function handOversOf(site: CrashSite): Record<string, string> {
  const root = join(site.folder, 'var', 'out');
  return Object.fromEntries(
    filesBelow(root).map((name) => {
      const bytes = readFileSync(join(root, name));
      return [name, name.endsWith('.manifest.json') ? manifestOf(root, name) : bytes.toString('latin1')];
    }),
  );
}

/** The manifest without the time; what it says of the file is checked against the file. */
function manifestOf(root: string, name: string): string {
  const { plannedUtc, ...manifest } = JSON.parse(readFileSync(join(root, name), 'utf8'));
  expect(plannedUtc).toMatch(/^\d{4}-/);
  const bytes = readFileSync(join(root, name.replace('.manifest.json', '')));
  expect(manifest).toMatchObject({
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  return JSON.stringify(manifest);
}

function tablesOf(site: CrashSite): Record<string, string[]> {
  const root = join(site.folder, 'out', 'tables');
  const tables: Record<string, string[]> = {};
  for (const name of filesBelow(root)) {
    if (name.endsWith('.manifest.json')) manifestOf(root, name);
    else {
      const table = name.replace(/_\d+\.csv$/, '');
      const [, ...rows] = readFileSync(join(root, name), 'utf8').split('\r\n');
      tables[table] = [...(tables[table] ?? []), ...rows.filter((row) => row !== '')].sort();
    }
  }
  return tables;
}

/** Paths below a folder, marks of folders left out. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== FOLDER_MARK)
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
