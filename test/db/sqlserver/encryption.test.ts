/** The real server behind a door that wants encryption: all that goes through is encrypted, and comes out the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Statement, SyncDatabase } from '../../../src/db/database.js';
import { openSqlServer, type SqlServerConfig } from '../../../src/db/sqlserver/pool.js';
import { selfSigned } from '../../support/certificate.js';
import { hasSqlServer, reportMissingEngine, testServer } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { expectPromisesKept } from '../../support/promises.js';
import { filesWith, placeOrder, readableTemplate } from '../../support/small-orders.js';
import { TdsGate } from '../../support/tds-gate.js';

reportMissingEngine();

const statement = (text: string): Statement => ({ name: 'test', text });
const ROWS = 20_000;

describe.runIf(hasSqlServer())('over an encrypted connection', () => {
  let house: House;
  let gate: TdsGate;
  let encrypted: SyncDatabase;
  beforeAll(async () => {
    house = await House.open({ engine: 'sqlserver', templates: [readableTemplate()] });
    gate = await TdsGate.open({
      encryption: 'required',
      certificate: selfSigned('localhost'),
      server: testServer(),
    });
    const config = house.config.database as SqlServerConfig;
    const door = { host: 'localhost', port: gate.port, encrypt: true, trustServerCertificate: true };
    encrypted = await openSqlServer({ ...config, ...door }, house.clock);
  });
  afterAll(async () => {
    await encrypted.close();
    await gate.close();
    await house.close();
  });

  it('does a whole run', async () => {
    await placeOrder(house, 1);
    expect(gate.logins).toBe(1);
    const report = await house.run('exigo-orders-to-3pl', { database: encrypted });
    expect(report.error).toBeNull();
    expect(await filesWith(house, 'plain', 1)).toHaveLength(1);
    await expectPromisesKept(house);
  });

  it('loads, streams and rolls back many rows', async () => {
    const word = (id: number) => `${'é😀'.repeat(id % 100)}${id}`;
    await encrypted.run(statement('CREATE TABLE dbo.words (id NVARCHAR(10) NULL, word NVARCHAR(400) NULL)'));
    await encrypted.transaction(async (session) => {
      const columns = [
        { name: 'id', kind: 'text', length: 10 },
        { name: 'word', kind: 'text', length: 400 },
      ] as const;
      const rows = Array.from({ length: ROWS }, (_, id) => [id, word(id)]);
      await session.load('dbo.words', columns, rows);
    });
    const failed = encrypted.transaction(async (session) => {
      await session.run(statement('DELETE FROM dbo.words WHERE LEN(id) > @length'), { length: 2 });
      throw new RangeError('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    const text = statement('SELECT word FROM dbo.words ORDER BY CAST(id AS INT)');
    const words: unknown[] = [];
    for await (const rows of encrypted.batches(text, {}, 500)) words.push(...rows.flat());
    expect(words).toEqual(Array.from({ length: ROWS }, (_, id) => word(id)));
  });
});
