/** The commands of a day, as processes: nothing they write anywhere says whose orders they are. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { CLI_SECRETS, CliSite } from '../support/cli.js';
import { PERSON } from '../support/personal-data.js';

let site: CliSite;
beforeEach(async () => {
  site = await CliSite.open();
});
afterEach(() => site.close());

interface Person {
  readonly FirstName: string | null;
  readonly LastName: string | null;
  readonly Address1: string | null;
  readonly Email: string | null;
  readonly Phone: string | null;
}

/** What people of the sample tenant are known by. */
async function marks(): Promise<string[]> {
  const text = `SELECT FirstName, LastName, Address1, Email, Phone FROM "dbo.Orders"
    UNION SELECT FirstName, LastName, MainAddress1, Email, Phone FROM "dbo.Customers"`;
  const people = await site.database.all<Person>({ name: 'test', text });
  const found = people.flatMap(({ FirstName, LastName, Address1, Email, Phone }) => [
    FirstName === null || LastName === null ? null : `${FirstName} ${LastName}`,
    ...[Address1, Email, Phone],
  ]);
  return [...new Set(found.filter((one): one is string => one !== null && one.trim().length > 5))];
}

it('names nobody in standard output, standard error, --json or the log', async () => {
  // A server may name whom a call is about; here that is one and the same for every order.
  const { FirstName, LastName, Address1, Email, Phone } = PERSON;
  const one = { FirstName, LastName, Address1, Email, Phone };
  const sets = Object.keys(one).map((name) => `${name} = @${name}`);
  await site.database.transaction((session) =>
    session.run({ name: 'test', text: `UPDATE "dbo.Orders" SET ${sets.join(', ')}` }, one),
  );
  const people = await marks();
  expect(people.length).toBeGreaterThan(10);
  const secret = CLI_SECRETS.EXIGO_PASSWORD;
  const said = `${Object.values(one).join(', ')}; 4111 1111 1111 1111; Bearer abcdefgh12345678; ${secret}`;
  site.standin.fail({ kind: 'failure', errors: [said], operation: 'ChangeOrderStatusBatch', times: 12 });
  const order = String(SAMPLE_ORDER.addressChanges);
  const written: string[] = [];
  for (const command of [
    ['run', 'exigo-orders-to-3pl', '--json'],
    ['run', 'exigo-snapshot-to-csv'],
    ['errors', 'list'],
    ['errors', 'export', '--format', 'jsonl'],
    ['explain', order, '--json'],
    ['status', '--json'],
  ]) {
    const { stdout, stderr } = await site.run(command);
    written.push(stdout, stderr);
  }
  const logs = join(site.folder, 'var', 'logs');
  for (const name of await readdir(logs)) written.push(await readFile(join(logs, name), 'utf8'));
  const all = written.join('\n').toLowerCase();
  expect(all).toContain('[hidden]');
  for (const mark of [...people, '4111 1111', 'abcdefgh12345678', secret]) {
    expect(all.includes(mark.toLowerCase()) && `${mark} in ${all}`).toBe(false);
  }
}, 600_000);
