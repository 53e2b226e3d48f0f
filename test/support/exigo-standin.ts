import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.js';
import type { ExigoApiConfig } from '../../src/core/config.js';
import type { Database, Parameters } from '../../src/db/database.js';
import { openSqlite } from '../../src/db/sqlite.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import {
  createExigoClient,
  type ExigoClient,
  type ExigoClientOptions,
} from '../../src/load/exigo-api/client.js';
import {
  type ExigoStandin,
  type ExigoStandinOptions,
  startExigoStandin,
} from '../../src/standins/exigo/server.js';

/** A clock that stands still until it is told otherwise. */
export interface HandClock extends Clock {
  advance(ms: number): void;
}

export function handClock(iso: string): HandClock {
  let at = Date.parse(iso);
  return {
    now: () => at,
    async sleep(ms) {
      at += ms;
    },
    advance(ms) {
      at += ms;
    },
  };
}

export const LOGIN = 'ferry-login';
export const PASSWORD = 'pa"ss+wörd/1';
export const COMPANY = 'acme';

export interface ExigoTenant {
  readonly database: Database;
  readonly standin: ExigoStandin;
  readonly clock: HandClock;
  readonly config: ExigoApiConfig;
  client(options?: Partial<ExigoClientOptions>, config?: Partial<ExigoApiConfig>): ExigoClient;
  insert(table: 'Orders' | 'OrderDetails' | 'Payments' | 'Customers', row: Parameters): Promise<void>;
  order(id: number): Promise<Record<string, string | number | null> | undefined>;
  close(): Promise<void>;
}

/** Empty dbo tables in a temporary file, the stand-in on top of them, and clients for it. */
export async function openExigoTenant(options: Partial<ExigoStandinOptions> = {}): Promise<ExigoTenant> {
  const directory = mkdtempSync(join(tmpdir(), 'orderferry-exigo-'));
  const clock = handClock('2024-11-13T18:00:00Z');
  const database = openSqlite(join(directory, 'tenant.db'), clock);
  await database.transaction((session) => createSyncSchema(session));
  const standin = await startExigoStandin({
    database,
    clock,
    login: LOGIN,
    company: COMPANY,
    password: PASSWORD,
    ...options,
  });
  const config: ExigoApiConfig = {
    baseUrl: standin.url,
    login: LOGIN,
    company: COMPANY,
    password: PASSWORD,
    maxOrders: 200,
    deadlineMs: 5_000,
    unknownWaitMs: 30_000,
  };
  const clients: ExigoClient[] = [];
  return {
    database,
    standin,
    clock,
    config,
    client(clientOptions = {}, overrides = {}) {
      const client = createExigoClient({ ...config, ...overrides }, { clock, ...clientOptions });
      clients.push(client);
      return client;
    },
    async insert(table, row) {
      const names = Object.keys(row);
      const text = `INSERT INTO "dbo.${table}" (${names.join(', ')}) VALUES (${names.map((one) => `@${one}`).join(', ')})`;
      await database.transaction((session) => session.run({ name: `insert ${table}`, text }, row));
    },
    order: (id) =>
      database.get({ name: 'order', text: 'SELECT * FROM "dbo.Orders" WHERE OrderID = @id' }, { id }),
    async close() {
      for (const client of clients) client.close();
      await standin.close();
      await database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The error a promise rejects with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new TypeError('expected a rejection with an error');
}
