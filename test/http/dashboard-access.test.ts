import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isHostOf } from '../../src/app/dashboard/access.js';
import { createDashboard, listen } from '../../src/app/dashboard/server.js';
import { HOUR } from '../../src/core/clock.js';
import { csrfOf, dashboardOf, PASSWORD, Visitor } from '../support/dashboard.js';
import { House } from '../support/house.js';
import { placeOrder } from '../support/small-orders.js';

const PAGES = ['/', '/errors', '/order?key=1', '/search?q=1', '/batches', '/batches/1', '/files', '/files/1'];
const POSTS = ['/errors/retry', '/errors/drop', '/files/1/download'];
const OUTSIDE = { listen: '0.0.0.0', password: PASSWORD };
const AWAY = { host: 'ferry.example.com:8088' };

let house: House;
beforeEach(async () => {
  house = await House.open({ api: false });
  await placeOrder(house, 1);
  await placeOrder(house, 2, { row: { WarehouseID: 9 } });
  await house.run();
});
afterEach(() => house.close());

const waiting = async () =>
  (await house.all('SELECT item_id FROM "etl.item" WHERE state = \'held\' AND resolution IS NULL')).length;

describe('bound to another address', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3', 'ferry.example.com'])(
    'refuses to start on %s without a password',
    async (address) => {
      await expect(dashboardOf(house, { listen: address })).rejects.toThrow(
        /other machines reach that address; set dashboard\.password/,
      );
    },
  );

  it('shows no page and does nothing without a log-in', async () => {
    const visitor = new Visitor(await dashboardOf(house, OUTSIDE), AWAY);
    for (const url of PAGES) {
      const { status, headers, body } = await visitor.get(url);
      expect([url, status, headers.location]).toEqual([url, 303, `/login?to=${encodeURIComponent(url)}`]);
      expect(body).toBe('');
    }
    const csrf = csrfOf((await visitor.get('/login')).body);
    for (const url of POSTS) {
      expect([url, (await visitor.bare(url, { order: '2', reason: 'x', csrf })).status]).toEqual([url, 401]);
    }
    expect((await visitor.get('/nowhere')).status).toBe(303);
    expect(await waiting()).toBe(1);
  });

  it('shows them after it, and none after the way out or twelve hours', async () => {
    const visitor = new Visitor(await dashboardOf(house, OUTSIDE), AWAY);
    const { status, headers } = await visitor.logIn();
    expect([status, headers.location]).toEqual([303, '/']);
    for (const url of PAGES) expect([url, (await visitor.get(url)).status]).not.toEqual([url, 401]);
    expect((await visitor.get('/')).body).toContain('Log out');
    await visitor.post('/logout', {}, '/');
    expect((await visitor.get('/')).status).toBe(303);

    await visitor.logIn();
    expect((await visitor.get('/')).status).toBe(200);
    house.clock.advance(12 * HOUR);
    expect((await visitor.get('/')).status).toBe(303);
  });

  it('gives a new number at the log-in, so that one known before opens nothing', async () => {
    const app = await dashboardOf(house, OUTSIDE);
    const visitor = new Visitor(app, AWAY);
    const before = String((await visitor.get('/login')).headers['set-cookie']).split(';')[0] ?? '';
    const after = String((await visitor.logIn()).headers['set-cookie']).split(';')[0] ?? '';
    expect(after).not.toBe(before);
    const other = await app.inject({ url: '/', headers: { ...AWAY, cookie: before } });
    expect(other.statusCode).toBe(303);
  });

  it('takes five tries of an address, also with the right password at the end', async () => {
    const visitor = new Visitor(await dashboardOf(house, OUTSIDE), AWAY);
    for (let i = 0; i < 5; i++) expect((await visitor.logIn(`wrong ${i}`)).status).toBe(401);
    const { status, headers, body } = await visitor.logIn();
    expect([status, headers['retry-after'] !== undefined]).toEqual([429, true]);
    expect(body).toContain('Too many tries');
    expect((await visitor.get('/')).status).toBe(303);
  });

  it('leads to pages of its own alone after the log-in', async () => {
    const visitor = new Visitor(await dashboardOf(house, OUTSIDE), AWAY);
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect((await visitor.get(`/login?to=${encodeURIComponent(to)}`)).body).toContain(
        'name="to" value="/"',
      );
    }
    const { headers } = await visitor.post('/login', { password: PASSWORD, to: '//evil.example' }, '/login');
    expect(headers.location).toBe('/');
  });

  it('gives metrics to a log-in or the token, and nothing of any order by the open probes', async () => {
    const app = await dashboardOf(house, { ...OUTSIDE, metricsToken: 'a token for prometheus' });
    const visitor = new Visitor(app, AWAY);
    expect((await visitor.get('/metrics')).status).toBe(401);
    expect((await visitor.get('/metrics', { authorization: 'Bearer another' })).status).toBe(401);
    const given = await visitor.get('/metrics', { authorization: 'Bearer a%20token' });
    expect(given.status).toBe(401);
    expect((await visitor.get('/healthz')).body).toBe('ok\n');
    expect((await visitor.get('/readyz')).body).toBe('ready\n');
    await visitor.logIn();
    expect((await visitor.get('/metrics')).status).toBe(200);
  });
});

describe('cookies and headers', () => {
  it('are strict, and Secure where TLS is terminated in front', async () => {
    const plain = await new Visitor(await dashboardOf(house)).get('/');
    expect(String(plain.headers['set-cookie'])).toMatch(
      /^orderferry=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    const settings = { password: PASSWORD, publicUrl: 'https://ferry.example.com' };
    const proxied = new Visitor(await dashboardOf(house, settings), { host: 'ferry.example.com' });
    const { headers } = await proxied.get('/login');
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-orderferry=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('allow no script but ours, no frame and no other host', async () => {
    const visitor = new Visitor(await dashboardOf(house));
    for (const url of ['/', '/errors', '/nowhere', '/assets/charts.js']) {
      const { headers, body } = await visitor.get(url);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('DENY');
      if (url.startsWith('/assets')) continue;
      expect(headers['cache-control']).toBe('no-store');
      expect(body).not.toMatch(
        /(?:src|href|action)="(?:https?:)?\/\/|<script(?! src="\/assets)| style="| on\w+="/,
      );
    }
  });
});

describe('a form', () => {
  const drop = { order: '2', reason: 'by a stranger' };

  it.each([
    ['without a token', {}, {}],
    ['with the token of nobody', { csrf: 'x'.repeat(43) }, {}],
  ])('%s does nothing', async (_what, fields, headers) => {
    const visitor = new Visitor(await dashboardOf(house));
    await visitor.get('/errors');
    const answer = await visitor.bare('/errors/drop', { ...drop, ...fields }, headers);
    expect(answer.status).toBe(403);
    expect(await waiting()).toBe(1);
  });

  it('with the token of another visitor does nothing', async () => {
    const app = await dashboardOf(house);
    const csrf = csrfOf((await new Visitor(app).get('/errors')).body);
    const visitor = new Visitor(app);
    await visitor.get('/errors');
    expect(csrf).toHaveLength(43);
    expect((await visitor.bare('/errors/drop', { ...drop, csrf })).status).toBe(403);
    expect((await new Visitor(app).bare('/errors/drop', { ...drop, csrf })).status).toBe(403);
    expect(await waiting()).toBe(1);
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://127.0.0.1:9999' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('from %j does nothing, whatever it knows', async (headers) => {
    const visitor = new Visitor(await dashboardOf(house));
    const { status } = await visitor.post('/errors/drop', drop, '/errors', headers as Record<string, string>);
    expect(status).toBe(403);
    expect(await waiting()).toBe(1);
  });

  it('of ours is taken, also behind the proxy that publicUrl names', async () => {
    const visitor = new Visitor(await dashboardOf(house));
    const own = { origin: 'http://127.0.0.1:8088', 'sec-fetch-site': 'same-origin' };
    expect((await visitor.post('/errors/retry', { kind: 'order', order: '2' }, '/errors', own)).status).toBe(
      303,
    );
    const settings = { password: PASSWORD, publicUrl: 'https://ferry.example.com' };
    const proxied = new Visitor(await dashboardOf(house, settings), { host: '127.0.0.1:8088' });
    await proxied.logIn();
    const front = { origin: 'https://ferry.example.com' };
    expect(
      (await proxied.post('/errors/retry', { kind: 'order', order: '2' }, '/errors', front)).status,
    ).toBe(303);
  });

  it('that is too large, or no form, is refused', async () => {
    const app = await dashboardOf(house);
    const visitor = new Visitor(app);
    expect(
      (await visitor.post('/errors/drop', { ...drop, reason: 'x'.repeat(20_000) }, '/errors')).status,
    ).toBe(413);
    const json = await app.inject({
      method: 'POST',
      url: '/errors/drop',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload: '{"order":"2"}',
    });
    expect(json.statusCode).toBe(403);
    expect(await waiting()).toBe(1);
  });
});

describe('a name that was pointed to this machine (DNS rebinding)', () => {
  it.each([
    'evil.example',
    'evil.example:8088',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'localhost:x',
  ])('as Host: "%s" gets nothing, not even a probe', async (host) => {
    const visitor = new Visitor(await dashboardOf(house), { host });
    for (const url of [...PAGES, '/metrics', '/healthz', '/assets/style.css']) {
      const { status, body } = await visitor.get(url);
      expect([url, status]).toEqual([url, 421]);
      expect(body).not.toContain('exigo-orders');
    }
    expect(visitor.hasCookie).toBe(false);
  });

  it.each(['localhost', 'LOCALHOST:8088', '127.0.0.1:1', '[::1]:8088'])('is not %s', async (host) => {
    expect((await new Visitor(await dashboardOf(house), { host }).get('/')).status).toBe(200);
  });
});

it('no name at all is none of ours', () => {
  expect(isHostOf(new Set(['localhost']), undefined)).toBe(false);
  expect(isHostOf(new Set(['localhost']), '')).toBe(false);
});

describe('a path', () => {
  it.each([
    '/files/../../etc/passwd',
    '/files/..%2f..%2fetc%2fpasswd',
    '/files/%2e%2e/%2e%2e/etc/passwd',
    '/files/1%00',
    '/files/1.csv',
    '/files/-1',
    '/files/1e3',
    '/files/999999',
    '/assets/../server.js',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e%2fpackage.json',
    '/batches/1;drop',
  ])('%s leads nowhere', async (url) => {
    const { status, body } = await new Visitor(await dashboardOf(house)).get(url);
    expect([400, 404]).toContain(status);
    expect(body).not.toMatch(/root:|"dependencies"/);
  });

  it('downloads a file by the number of its wave alone: the bytes that were sent, as an act that is kept', async () => {
    const visitor = new Visitor(await dashboardOf(house));
    const [wave] = await house.all<{ wave_id: number; file_name: string; sha256: string }>(
      'SELECT wave_id, file_name, sha256 FROM "etl.wave"',
    );
    const sent = [...(await house.files('atlas')).values()].find((text) => text.includes('Ada'));
    const page = `/files/${wave?.wave_id}`;
    expect((await visitor.get(page)).body).toContain(wave?.sha256);
    expect((await visitor.get(`${page}/download`)).status).toBe(404);
    const { status, headers, body } = await visitor.post(`${page}/download`, {}, page);
    expect([status, headers['content-disposition']]).toEqual([
      200,
      `attachment; filename="${wave?.file_name}"`,
    ]);
    expect(body).toBe(sent);
    expect((await visitor.get(page)).body).toContain('a person downloaded file');

    const closed = new Visitor(await dashboardOf(house, { downloads: false }));
    expect((await closed.get(page)).body).toContain('Downloads are turned off');
    expect((await closed.post(`${page}/download`, {}, '/errors')).status).toBe(403);
  });

  it('says that a file cannot be made again when its rows are gone', async () => {
    await house.exec('DELETE FROM "etl.frozen_Orders"');
    const visitor = new Visitor(await dashboardOf(house));
    expect((await visitor.post('/files/1/download', {}, '/files/1')).status).toBe(410);
  });
});

describe('when the database is gone', () => {
  it('the process is well, and not ready', async () => {
    const other = await House.open({ migrated: false, api: false });
    const visitor = new Visitor(await dashboardOf(other));
    expect((await visitor.get('/healthz')).status).toBe(200);
    const { status, body } = await visitor.get('/readyz');
    expect([status, body]).toEqual([503, expect.stringContaining('not ready')]);
    const broken = await visitor.get('/');
    expect(broken.status).toBe(500);
    expect(broken.body).not.toMatch(/SQLITE|etl\.|at .*\.ts/);
    await other.close();
  });
});

it('listens where it is told, and says why when it cannot', async () => {
  const context = house.context();
  const settings = { listen: '127.0.0.1', port: 0, downloads: true };
  const app = await createDashboard({ context, settings });
  const url = await listen(app, settings);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const second = await createDashboard({ context, settings });
  await expect(listen(second, { ...settings, port: Number(new URL(url).port) })).rejects.toThrow(
    /the dashboard cannot listen on 127\.0\.0\.1 port \d+/,
  );
  await app.close();
});
