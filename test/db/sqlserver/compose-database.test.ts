import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeSampleDatabase } from '../../../src/app/sample-tenant.js';
import { systemClock } from '../../../src/core/clock.js';
import type { Session } from '../../../src/db/database.js';
import { migrate } from '../../../src/db/migrate.js';
import { openSqlServer } from '../../../src/db/sqlserver/pool.js';
import { textOf } from '../../support/docs.js';
import { hasSqlServer, reportMissingEngine, testServer } from '../../support/engines.js';

reportMissingEngine();

it.skipIf(!hasSqlServer())(
  'the script of docker-compose.yml makes a database whose owner can migrate and fill it, once and again',
  async () => {
    const name = `orderferry_test_${randomBytes(6).toString('hex')}`;
    const admin = await openSqlServer(testServer());
    try {
      await runScript(admin, name, 'Ferry-Test-2');
      await runScript(admin, name, 'Ferry-Test-3');
      const owner = await openSqlServer({
        ...testServer(name),
        user: name,
        password: 'Ferry-Test-3',
      });
      try {
        await migrate(owner);
        await makeSampleDatabase(owner, systemClock);
        const orders = await owner.all({ name: 'test', text: 'SELECT COUNT(*) AS n FROM dbo.Orders' });
        expect(orders).toEqual([{ n: 25 }]);
      } finally {
        await owner.close();
      }
    } finally {
      await admin.close();
      await remove(name);
    }
  },
);

/** As sqlcmd would: variables replaced, batches cut at GO. */
async function runScript(admin: Session, name: string, password: string): Promise<void> {
  const text = textOf('sql/sqlserver/sample/database.sql')
    .replace(/^--.*$/gm, '')
    .replaceAll('$(SQLSERVER_PASSWORD)', password)
    .replace(/\bferry\b/g, name);
  for (const batch of text.split(/^GO$/m).filter((part) => part.trim() !== '')) {
    await admin.run({ name: 'sample/database', text: batch });
  }
}

/** On a connection that has never been in that database. */
async function remove(name: string): Promise<void> {
  const admin = await openSqlServer(testServer());
  await admin.run({ name: 'test', text: `DROP DATABASE IF EXISTS ${name}` });
  await admin.run({ name: 'test', text: `IF SUSER_ID('${name}') IS NOT NULL DROP LOGIN ${name}` });
  await admin.close();
}
