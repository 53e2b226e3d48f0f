import { createHmac } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_SECRETS, CliSite, startCli } from '../support/cli.js';
import { forEngine } from '../support/engines.js';

const ORDERS = 'exigo-orders-to-3pl';
const SECRET = 'a-secret-of-the-webhook';

/** Real processes and the real node-schedule, on the real clock. */
describe('orderferry schedule', () => {
  let site: CliSite;
  const started: ReturnType<typeof startCli>[] = [];
  beforeEach(async () => {
    site = await CliSite.open();
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    await site.close();
  });

  const configure = (text: string) =>
    appendFile(join(site.folder, 'config', 'orderferry.yaml'), `\n${text}\n`);
  const schedule = (cron: string, more = '') =>
    configure(
      `schedule:\n  entries:\n    - name: orders\n      cron: '${cron}'\n      zone: America/Chicago\n      pipelines: [${ORDERS}]\n${more}`,
    );
  const all = <T>(text: string) => site.database.all<T>({ name: 'test', text: forEngine('sqlite', text) });
  const exec = (text: string) =>
    site.database.transaction((session) => session.run({ name: 'test', text: forEngine('sqlite', text) }));
  const cycles = () =>
    all<{ state: string; begun: number; stands_for: number; cause: string; token: number }>(
      'SELECT state, begun, stands_for, cause, token FROM "etl.cycle" ORDER BY due_utc',
    );
  const start = (...args: string[]) => {
    const one = startCli(site.folder, ['schedule', ...args], {
      ...CLI_SECRETS,
      ORDERFERRY_WEBHOOK_SECRET: SECRET,
    });
    started.push(one);
    return one;
  };

  /** As if the schedule had been seen an hour ago for the last time. */
  const anHourAgo = () =>
    exec(
      `INSERT INTO "etl.schedule" (entry, decided_utc) VALUES ('orders', strftime('%Y-%m-%d %H:%M:%f', 'now', '-61 minutes'))`,
    );

  async function until(what: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 900; i++) {
      if (await what()) return;
      await wait(100);
    }
    expect.unreachable('it did not come');
  }

  it.each([
    [
      "cron: '61 * * * *', zone: UTC",
      'schedule.entries[0].cron: "61 * * * *", minute: 61 is not between 0 and 59',
    ],
    [
      "cron: '* * * * *', zone: America/Chicgo",
      'schedule.entries[0].zone: "America/Chicgo" is no IANA zone such as America/Chicago or UTC; did you mean "America/Chicago"?',
    ],
    [
      "cron: '* * * * *', zone: UTC, pipelines: [exigo-order-to-3pl]",
      'schedule.entries[0].pipelines[0]: there is no pipeline "exigo-order-to-3pl"; did you mean "exigo-orders-to-3pl"?',
    ],
  ])('ends with 2 at the start for { %s }', async (entry, line) => {
    const pipelines = entry.includes('pipelines') ? '' : `, pipelines: [${ORDERS}]`;
    await configure(`schedule:\n  entries:\n    - { name: orders, ${entry}${pipelines} }`);
    const result = await start('--once').ended;
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(line);
  });

  it('ends with 2 without an entry', async () => {
    const result = await start().ended;
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('there is no entry')]);
  });

  it('several processes at once run one cycle, once', async () => {
    await schedule('0 * * * *');
    await anHourAgo();
    const results = await Promise.all([1, 2, 3].map(() => start('--once').ended));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await cycles()).toMatchObject([{ state: 'done', begun: 1 }]);
    expect(await all('SELECT outcome FROM "etl.run"')).toEqual([{ outcome: 'done' }]);
    expect(await all('SELECT state FROM "etl.wave"')).toEqual([
      { state: 'delivered' },
      { state: 'delivered' },
    ]);
  }, 120_000);

  it('wakes by node-schedule, takes signed webhooks once, shows itself in status, and drains on SIGTERM', async () => {
    await schedule(
      '* * * * *',
      `  webhook: { port: 0, secret: '\${ORDERFERRY_WEBHOOK_SECRET}', maxBytes: 100 }\n`,
    );
    const { child, ended } = start();
    let said = '';
    child.stdout?.on('data', (piece: string) => {
      said += piece;
    });
    await until(async () => /webhooks are taken at \S+\/webhooks/.test(said));
    const url = /taken at (\S+)\/webhooks/.exec(said)?.[1] ?? '';
    const post = async (body: string, change: Record<string, string> = {}, entry = 'orders') => {
      const timestamp = change.timestamp ?? String(Math.floor(Date.now() / 1_000));
      const signed = createHmac('sha256', SECRET).update(`${timestamp}.${entry}.${body}`).digest('hex');
      const reply = await fetch(`${url}/webhooks/${entry}`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-orderferry-timestamp': timestamp,
          'x-orderferry-signature': change.signature ?? `sha256=${signed}`,
        },
      });
      return [reply.status, ((await reply.json()) as { code: string }).code];
    };
    const now = String(Math.floor(Date.now() / 1_000));
    expect(await post('{"a":1}', { timestamp: now })).toEqual([202, 'TAKEN']);
    expect(await post('{"a":1}', { timestamp: now })).toEqual([409, 'REPLAYED']);
    expect(await post('{}', { signature: 'sha256=00' })).toEqual([401, 'BAD_SIGNATURE']);
    expect(await post('{}', { timestamp: '1700000000' })).toEqual([401, 'BAD_TIMESTAMP']);
    expect(await post('x'.repeat(101))).toEqual([413, 'TOO_LARGE']);
    expect(await post('{}', {}, 'odrers')).toEqual([404, 'NO_ENTRY']);
    await until(async () => {
      const causes = (await cycles()).filter(({ state }) => state === 'done').map(({ cause }) => cause);
      return causes.includes('webhook') && causes.includes('tick');
    });
    const status = await site.run(['status'], { ORDERFERRY_WEBHOOK_SECRET: SECRET });
    expect(status.stdout).toMatch(/schedule orders: \* \* \* \* \* America\/Chicago, next \d{4}-/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
  }, 180_000);

  it('ends within schedule.drain, with 1, when what is under way does not; its cycle is left to be taken up', async () => {
    await schedule('0 * * * *', '  drain: 1s\n');
    await anHourAgo();
    site.standin.fail({ kind: 'slow-body', everyMs: 1_000, operation: 'ChangeOrderStatusBatch' });
    const { child, ended } = start();
    await until(async () => site.standin.count('ChangeOrderStatusBatch') > 0);
    const asked = Date.now();
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('cycles did not end within 1.0 s (schedule.drain)'),
    ]);
    expect(Date.now() - asked).toBeLessThan(15_000);
    expect(await cycles()).toMatchObject([{ state: 'running', begun: 1 }]);
  }, 120_000);

  it('a process that is stopped in a cycle and wakes up after another took it over changes nothing', async () => {
    await schedule('0 * * * *');
    await configure('lease:\n  ttl: 5s');
    const file = join(site.folder, 'config', 'orderferry.yaml');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('company: sample', 'company: sample\n  deadline: 4s'),
    );
    await anHourAgo();
    // The first reply drips, so that the process is stopped while it waits for the network.
    site.standin.fail({ kind: 'slow-body', everyMs: 100, operation: 'ChangeOrderStatusBatch' });
    const first = start();
    await until(async () => site.standin.journal.length > 0);
    first.child.kill('SIGSTOP');
    const second = start();
    await until(async () => (await cycles())[0]?.state === 'done');
    const ended = { cycles: await cycles(), waves: await all('SELECT * FROM "etl.wave"') };
    expect(ended.cycles).toMatchObject([{ state: 'done', begun: 2 }]);
    first.child.kill('SIGCONT');
    await wait(3_000);
    expect({ cycles: await cycles(), waves: await all('SELECT * FROM "etl.wave"') }).toEqual(ended);
    for (const { child } of [first, second]) child.kill('SIGTERM');
    const codes = await Promise.all([first.ended, second.ended]);
    expect(codes.map(({ code }) => code)).toEqual([0, 0]);
  }, 180_000);
});
