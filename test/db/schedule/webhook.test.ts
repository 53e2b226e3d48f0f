import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveWebhook, type WebhookServer } from '../../../src/app/schedule/webhook.js';
import { MINUTE, SECOND, systemClock } from '../../../src/core/clock.js';
import type { Logger } from '../../../src/core/log.js';
import type { ScheduleEntry } from '../../../src/core/schedule.js';
import { PACKAGE_ROOT } from '../../../src/db/sql.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { entryOf } from '../../support/scheduling.js';

const SECRET = 'a-secret-of-the-webhook';

reportMissingEngine();

describe.each(engines())('signed webhooks on %s', (engine) => {
  let house: House;
  let server: WebhookServer;
  let looked: string[];
  let lines: string[];

  beforeEach(async () => {
    house = await House.open({ engine, templates: [] });
    looked = [];
    lines = [];
    const say = (message: string) => void lines.push(message);
    const log: Logger = { debug: say, info: say, warn: say, error: say };
    const webhook = { listen: '127.0.0.1', port: 0, secret: SECRET, windowMs: 5 * MINUTE, maxBytes: 1_000 };
    server = await serveWebhook({
      webhook,
      plan: {
        entries: [entryOf('orders', '*/15 * * * *'), entryOf('market', '*/15 * * * *')],
        drainMs: 0,
        webhook,
      },
      scheduler: { look: async ({ name }: ScheduleEntry) => void looked.push(name) },
      context: { clock: systemClock, log, database: house.database },
    });
  });
  afterEach(async () => {
    await server.close();
    await house.close();
  });

  const now = () => String(Math.floor(Date.now() / SECOND));
  const sign = (text: string) => `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`;
  async function post(entry: string, body: string, timestamp: string, signature: string) {
    const reply = await fetch(`${server.url}/webhooks/${entry}`, {
      method: 'POST',
      body,
      headers: { 'x-orderferry-timestamp': timestamp, 'x-orderferry-signature': signature },
    });
    const { code } = (await reply.json()) as { code: string };
    return [reply.status, code, reply.headers.get('retry-after') !== null] as const;
  }
  const asked = () =>
    house.all<{ entry: string; asked: number }>(
      'SELECT entry, CASE WHEN asked_utc IS NULL THEN 0 ELSE 1 END AS asked FROM "etl.schedule" ORDER BY entry',
    );

  it('a call that is signed for one entry starts no other', async () => {
    const at = now();
    const signature = sign(`${at}.orders.{}`);
    expect(await post('market', '{}', at, signature)).toEqual([401, 'BAD_SIGNATURE', false]);
    expect([looked, await asked()]).toEqual([[], []]);
    expect(await post('orders', '{}', at, signature)).toEqual([202, 'TAKEN', false]);
    expect([looked, await asked()]).toEqual([['orders'], [{ entry: 'orders', asked: 1 }]]);
    expect(await post('orders', '{}', at, signature)).toEqual([409, 'REPLAYED', false]);
  });

  it('neither time, entry nor body may be another, nor may one slip into the next', async () => {
    const at = now();
    const signature = sign(`${at}.orders.{}`);
    for (const [entry, body, time] of [
      ['orders', '{ }', at],
      ['orders', '', at],
      ['orders', '{}', String(Number(at) + 1)],
      ['orders.{', '}', at],
      ['', 'orders.{}', at],
    ] as const) {
      const [status] = await post(entry, body, time, signature);
      expect([entry, body, status]).toEqual([entry, body, 401]);
    }
    // As it was signed before the entry belonged to it.
    expect(await post('orders', '{}', at, sign(`${at}.{}`))).toEqual([401, 'BAD_SIGNATURE', false]);
    expect(looked).toEqual([]);
  });

  it('who is refused too often is not looked at, and noted once', async () => {
    const at = now();
    for (let i = 0; i < 20; i++) {
      expect((await post('orders', '{}', at, 'sha256=00'))[0]).toBe(401);
    }
    const before = lines.length;
    expect(lines.at(-1)).toMatch(/20 calls from 127\.0\.0\.1 were refused within a minute/);
    for (let i = 0; i < 30; i++) {
      expect(await post('orders', '{}', at, 'sha256=00')).toEqual([429, 'TOO_MANY', true]);
    }
    expect(await post('orders', '{}', at, sign(`${at}.orders.{}`))).toEqual([429, 'TOO_MANY', true]);
    expect([lines.length, looked]).toEqual([before, []]);
  });

  it('calls that are taken count for nothing, other addresses and bodies that are too long count as well', async () => {
    const at = now();
    for (let i = 0; i < 25; i++) {
      expect((await post('orders', String(i), at, sign(`${at}.orders.${i}`)))[0]).toBe(202);
    }
    for (let i = 0; i < 10; i++) {
      expect((await fetch(`${server.url}/nothing/${i}`)).status).toBe(404);
      expect((await post('orders', 'x'.repeat(2_000), at, 'sha256=00'))[0]).toBe(413);
    }
    expect((await fetch(`${server.url}/nothing`)).status).toBe(429);
  });

  it('the example of the documentation is taken as it stands', async () => {
    const page = readFileSync(join(PACKAGE_ROOT, 'docs/schedule.md'), 'utf8');
    const example = /```sh\n(entry=[\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', example.replace('http://127.0.0.1:8484', server.url)],
      { env: { PATH: process.env.PATH, ORDERFERRY_WEBHOOK_SECRET: SECRET } },
    );
    expect(JSON.parse(stdout)).toEqual({ code: 'TAKEN', entry: 'orders' });
    expect(looked).toEqual(['orders']);
  });
});
