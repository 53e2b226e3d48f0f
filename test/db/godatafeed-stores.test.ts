/** Stores side by side: a key each, a bucket each, faults each; keys and tokens stay where they are. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStores } from '../../src/app/godatafeed.js';
import { createLogger } from '../../src/app/logging.js';
import { Redactor } from '../../src/app/redaction.js';
import type { Database } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import { openSqlite } from '../../src/db/sqlite.js';
import type { GoDataFeedClient } from '../../src/godatafeed/client.js';
import { errorOf } from '../support/exigo-standin.js';
import { type FeedTenant, KEY, openFeedTenant, storeOf } from '../support/godatafeed-standin.js';

let folder: string;
let database: Database;
let tenant: FeedTenant;
let stores: ReadonlyMap<string, GoDataFeedClient>;
let redactor: Redactor;
const tokens: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orderferry-stores-'));
  tenant = await openFeedTenant();
  database = openSqlite(join(folder, 'state.db'), tenant.clock);
  await migrate(database);
  redactor = new Redactor();
  const at = { baseUrl: tenant.standin.url };
  stores = openStores({
    stores: [
      storeOf({ name: 'main', ...at }),
      storeOf({ name: 'same-key', ...at }),
      storeOf({ name: 'revoked', ...at }, { KEY: 'revoked-key' }),
    ],
    database,
    clock: tenant.clock,
    onToken: (token) => {
      tokens.push(token);
      redactor.register([token]);
    },
  });
});
afterEach(async () => {
  for (const client of stores.values()) client.close();
  await database.close();
  await tenant.close();
  rmSync(folder, { recursive: true });
  tokens.length = 0;
});

function store(name: string): GoDataFeedClient {
  const client = stores.get(name);
  expect(client, name).toBeDefined();
  return client as GoDataFeedClient;
}

it("one store's revoked key leaves the others working; stores of one key share its bucket", async () => {
  expect((await errorOf(store('revoked').countNew())).message).toContain('GoDataFeed store revoked');
  expect(await store('main').countNew()).toBe(0);
  expect(await store('same-key').countNew()).toBe(0);
  const rows = await database.all<{ account: string; level: number }>({
    name: 'buckets',
    text: 'SELECT account, level FROM "etl.rate_bucket" ORDER BY level',
  });
  // A token and a count each; one authorization of the revoked key.
  expect(rows.map(({ level }) => level)).toEqual([1_000, 4_000]);
});

it('neither key nor token is in the database, and what is logged is without them', async () => {
  await store('main').countNew();
  const [token = ''] = tokens;
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  redactor.register([KEY]);
  const logger = createLogger({
    directory: join(folder, 'logs'),
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
    readable: false,
    redactor,
    clock: tenant.clock,
    level: 'debug',
  });
  logger.info(`GET ${tenant.standin.url}/${token}/orders?consumerKey=${encodeURIComponent(KEY)}`);
  await logger.close();
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = readFileSync(join(file.parentPath, file.name), 'latin1');
    for (const secret of [token, KEY, encodeURIComponent(KEY)]) expect(text, file.name).not.toContain(secret);
  }
});
