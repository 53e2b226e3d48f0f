/** Who is told of incidents and digests: each once per channel, whoever tells it and whatever the channel does. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendDigestNow, tell } from '../../src/app/alerts/desk.js';
import type { AlertsConfig } from '../../src/core/alerts-config.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import { parseCron } from '../../src/core/cron.js';
import { toUtcText } from '../../src/core/time.js';
import type { EngineContext } from '../../src/engine/context.js';
import { readDigest } from '../../src/engine/digest/digest.js';
import { dropWaiting } from '../../src/engine/persons/drop.js';
import { retryWaiting } from '../../src/engine/persons/retry-waiting.js';
import { smtpMailer } from '../../src/mail/smtp.js';
import { closeIncidents, openIncident } from '../../src/queue/ledger/incidents.js';
import { engines, reportMissingEngine } from '../support/engines.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';
import { TestSmtpServer } from '../support/smtp-server.js';

const SECRET = 'a-secret-of-the-webhook';
const TO = ['data@example.com'];

interface Post {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

reportMissingEngine();

describe.each(engines())('telling somebody on %s', (engine) => {
  let house: House;
  let smtp: TestSmtpServer;
  let receiver: Server;
  const posts: Post[] = [];
  /** What the receiver of webhooks answers. */
  let status = 200;

  beforeEach(async () => {
    house = await House.open({ engine });
    smtp = await TestSmtpServer.start();
    posts.length = 0;
    status = 200;
    receiver = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        posts.push({
          url: request.url ?? '',
          headers: request.headers,
          text: Buffer.concat(pieces).toString(),
        });
        response.writeHead(status).end('ok');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await smtp.close();
    await house.close();
  });

  const context = (alerts: Partial<AlertsConfig> = { mail: { to: TO } }): EngineContext => {
    const config = { name: 'test', mail: null, webhook: null, digest: null, ...alerts };
    return house.context({
      config: { ...house.config, alerts: config },
      mailer: smtpMailer(smtp.config(), house.clock),
    });
  };
  const webhook = () => {
    const { port } = receiver.address() as AddressInfo;
    return {
      webhook: { url: `http://127.0.0.1:${port}/hooks/T0/secret`, secret: SECRET, deadlineMs: 5 * SECOND },
    };
  };
  const now = () => toUtcText(house.clock.now());
  const open = (what = 'connect ECONNREFUSED') =>
    house.database.transaction((session) =>
      openIncident(session, { kind: 'outage', system: 'exigo-api', what, now: now() }),
    );
  const close = () =>
    house.database.transaction((session) =>
      closeIncidents(session, { kind: 'outage', system: 'exigo-api', now: now() }),
    );
  const subjects = () => smtp.mails.map(({ subject }) => subject);
  const states = () =>
    house.all<{ line: string }>(
      `SELECT CONCAT(alert_key, ' ', state) AS line FROM "etl.alert" ORDER BY alert_key`,
    );

  it('an incident is told once, however often it is seen, and so is its end', async () => {
    await open();
    for (let i = 0; i < 3; i++) {
      await tell(context());
      house.clock.advance(15 * MINUTE);
      await open();
    }
    expect(subjects()).toEqual([
      expect.stringMatching(/^\[Orderferry\] exigo-api does not answer, since .* UTC \(test\)$/),
    ]);
    expect(smtp.mails[0]?.text).toContain('connect ECONNREFUSED');
    await close();
    await tell(context());
    await tell(context());
    expect(subjects().slice(1)).toEqual(['[Orderferry] exigo-api answers again, after 45 min (test)']);
    await open();
    await tell(context());
    expect(subjects()).toHaveLength(3);
  });

  it('one that was over before it could be told is told in one mail', async () => {
    await open();
    house.clock.advance(MINUTE);
    await close();
    await tell(context());
    await tell(context());
    expect(subjects()).toEqual([expect.stringMatching(/answers again, after 60/)]);
  });

  it('one that ended long ago is history', async () => {
    await open();
    await close();
    house.clock.advance(2 * DAY);
    await tell(context());
    expect(subjects()).toEqual([]);
  });

  it('what the server did not take is sent again, later; what may have arrived is not', async () => {
    await open();
    smtp.fault = { answer: 451, to: 'data' };
    await tell(context());
    expect((await states()).map(({ line }) => line)).toEqual([
      expect.stringMatching(/opened\/mail waiting$/),
    ]);
    smtp.fault = null;
    await tell(context());
    expect(subjects()).toHaveLength(0);
    house.clock.advance(MINUTE);
    await tell(context());
    expect(subjects()).toHaveLength(1);
    house.clock.advance(HOUR);
    await close();
    smtp.fault = { cut: 'after-data' };
    await tell(context());
    smtp.fault = null;
    for (let i = 0; i < 3; i++) {
      house.clock.advance(HOUR);
      await tell(context());
    }
    expect(subjects()).toHaveLength(2); // the server has it, and did not say so
    expect((await states()).map(({ line }) => line.replace(/\d+/, 'N'))).toEqual([
      'incident/N/closed/mail unknown',
      'incident/N/opened/mail done',
    ]);
  });

  it('two processes at once tell it once', async () => {
    const other = await house.openAnother();
    const both = async () => {
      const tries = [() => tell(context()), () => tell({ ...context(), database: other })];
      // The embedded engine has one writer: two connections of one process would wait for each other.
      if (engine === 'sqlserver') await Promise.all(tries.map((one) => one()));
      else for (const one of tries) await one();
    };
    for (let i = 0; i < 4; i++) {
      await open();
      await both();
      await close();
      await both();
      house.clock.advance(MINUTE);
    }
    expect(subjects()).toHaveLength(8);
  });

  it('programs get it as signed JSON, and their address is in no message', async () => {
    await open();
    status = 500;
    await tell(context(webhook()));
    const [failed] = await house.all<{ last_error: string }>('SELECT last_error FROM "etl.alert"');
    expect(failed?.last_error).not.toContain('T0/secret');
    status = 200;
    await close();
    await tell(context(webhook()));
    const post = posts.at(-1);
    expect(post?.url).toBe('/hooks/T0/secret');
    const stamp = String(post?.headers['x-orderferry-timestamp']);
    const signature = createHmac('sha256', SECRET).update(`${stamp}.${post?.text}`).digest('hex');
    expect(post?.headers['x-orderferry-signature']).toBe(`sha256=${signature}`);
    expect(JSON.parse(post?.text ?? '')).toMatchObject({
      data: { event: 'incident-closed', system: 'exigo-api', kind: 'outage', times: 1 },
    });
  });

  it('the digest goes out when it is due, once, and after a long pause once for all', async () => {
    // 12:00 in US Central, and the digest at 7.
    const alerts = { mail: { to: TO }, digest: parseCron('0 7 * * *', 'America/Chicago') };
    await placeOrder(house, 1);
    await placeOrder(house, 2, { row: { WarehouseID: 99 } });
    await house.run();
    await tell(context(alerts));
    await tell(context(alerts));
    expect(subjects()).toEqual(['[Orderferry] 1 waiting for somebody (test, 2026-03-11)']);
    house.clock.advance(3 * DAY);
    await tell(context(alerts));
    await tell(context(alerts));
    expect(subjects()).toHaveLength(2);
  });

  it('a digest says what went where, what waits and what was answered; what others wrote is no HTML', async () => {
    await placeOrder(house, 1);
    await placeOrder(house, 2, { row: { WarehouseID: 99 } });
    await house.run();
    await house.exec(`UPDATE "etl.item" SET reason = '<script>x</script>' WHERE state = 'held'`);
    expect(await sendDigestNow(context(), house.clock.now() - DAY)).toBe(1);
    const [mail] = smtp.mails;
    expect(mail?.text).toContain('pipeline exigo-orders-to-3pl; delivered 1; excluded 0; held 1; failed 0');
    expect(mail?.text).toMatch(/3PL atlas; day \(UTC\) 2026-03-11; files 1; orders 1/);
    expect(mail?.text).toContain('order 2; code NO_ROUTE');
    expect(mail?.html).toContain('&lt;script&gt;x&lt;/script&gt;');
    expect(mail?.html).not.toContain('<script>');
  });

  it('a digest lists what has waited for longest first, also when it is refused anew, and what was closed', async () => {
    const unroutable = { row: { WarehouseID: 99 } };
    await placeOrder(house, 1, unroutable);
    await house.run();
    house.clock.advance(3 * DAY);
    await placeOrder(house, 2, unroutable);
    await placeOrder(house, 3, unroutable);
    await house.run();
    house.clock.advance(HOUR);
    await retryWaiting(house.context(), { orderId: 1 });
    await dropWaiting(house.context(), { orderId: 3 }, { by: 'kim', reason: 'sold by phone' });
    house.standin.fail({ kind: 'status-503', operation: 'ChangeOrderStatusBatch', times: 1_000 });
    await placeOrder(house, 4);
    await house.run();
    house.clock.advance(10 * MINUTE);
    const digest = await readDigest(context(), house.clock.now() - DAY, house.clock.now());
    expect(digest.errors.map(({ item_key, times }) => [item_key, times])).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
    expect(digest.waiting).toEqual([{ code: 'NO_ROUTE', items: 2 }]);
    expect(await sendDigestNow(context(), house.clock.now() - DAY)).toBe(1);
    const text = smtp.mails[0]?.text ?? '';
    expect(text).toMatch(
      /Waiting for somebody\n {2}order 1; code NO_ROUTE; for 3 days; times 2;.*\n {2}order 2;/,
    );
    expect(text).toMatch(
      /Under way for longest\n {2}order 4; pipeline exigo-orders-to-3pl; state loading; for \d+ min/,
    );
    expect(text).toMatch(
      /Answered since\n {2}code NO_ROUTE; how ignored; orders 1\n {2}code NO_ROUTE; how retried; orders 1/,
    );
  });
});
