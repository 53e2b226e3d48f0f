import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { dashboardOf, Visitor } from '../support/dashboard.js';
import { House } from '../support/house.js';
import { changeOrder, outcomeOf, placeOrder } from '../support/small-orders.js';

const EVIL = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>';

let house: House;
let visitor: Visitor;

async function open(): Promise<void> {
  house = await House.open({ api: false });
  await placeOrder(house, 1);
  await placeOrder(house, 2, { row: { WarehouseID: 9 } });
  await placeOrder(house, 3, { row: { WarehouseID: 9 } });
  await house.run();
  visitor = new Visitor(await dashboardOf(house));
}

beforeEach(open);
afterEach(() => house.close());

/** The number of an entry, as its form sends it. */
const itemOf = (page: string, order: string) =>
  new RegExp(`name="order" value="${order}">[\\s\\S]*?name="item" value="(\\d+)"`).exec(page)?.[1] ?? '';

const text = async (url: string) => (await visitor.get(url)).body;

describe('the overview', () => {
  it('says how all is: in words, and per flow with the time of its last success', async () => {
    house.clock.advance(12 * MINUTE);
    const page = await text('/');
    expect(page).toContain('Running, and something waits for a person');
    expect(page).toMatch(/exigo-orders-to-3pl<\/th>\s*<td><span class="badge look">.*needs a look/);
    expect(page).toContain('2 items held or failed');
    expect(page).toMatch(/title="2026-03-11 17:00:00 UTC">12 min ago/);
    expect(page).toContain('href="/errors?pipeline=exigo-orders-to-3pl"');
    expect(page).toMatch(
      /href="\/order\?key=2">2<\/a>, held as <code>NO_ROUTE<\/code>, first <time [^>]*>12 min ago/,
    );
    house.clock.advance(HOUR);
    expect(await text('/')).toMatch(/Something is wrong[\s\S]*no success for 72 min \(at most 60 min\)/);
  });

  it('counts orders as they move, and shows the next run where something here starts it', async () => {
    const app = await dashboardOf(house);
    await app.close();
    const page = await text('/');
    expect(page).toMatch(/On their way<b>1<\/b>/);
    expect(page).toMatch(/Held<a href="\/errors\?pipeline=exigo-orders-to-3pl&amp;state=held"><b>2<\/b>/);
    expect(page).toContain('by your scheduler');
  });

  it('has its charts as tables, too', async () => {
    await house.run('exigo-snapshot-to-csv');
    const page = await text('/');
    expect(page).toMatch(/<caption>Items settled per hour, UTC<\/caption>/);
    expect(page).toMatch(
      /<th scope="row" data-value="1773248400">03-11 17:00<\/th><td class="number" data-value="\d+">/,
    );
    expect(page.match(/data-table="/g)).toHaveLength(2);
  });

  it('is whole when nothing has ever run', async () => {
    const fresh = await House.open({ api: false });
    const page = (await new Visitor(await dashboardOf(fresh)).get('/')).body;
    expect(page).toContain('Nothing has run yet');
    await fresh.close();
  });
});

describe('the error list', () => {
  it('filters, and says what to do', async () => {
    expect(await text('/errors')).toMatch(
      /2 held or failed, oldest first[\s\S]*NO_ROUTE[\s\S]*orderferry errors retry --order 2/,
    );
    for (const [query, shown] of [
      ['code=no_route', 2],
      ['code=INCOMPLETE', 0],
      ['pipeline=exigo-snapshot-to-csv', 0],
      ['state=failed', 0],
      ['target=atlas', 0],
      ['older=1h', 0],
      ['older=constructor', 2],
    ] as const) {
      const rows = (await text(`/errors?${query}`)).match(/<tr><th scope="row">/g) ?? [];
      expect([query, rows.length]).toEqual([query, shown]);
    }
    house.clock.advance(2 * HOUR);
    expect(await text('/errors?older=1h')).toContain('2 held or failed');
  });

  it('tries one again, and all of a code', async () => {
    const fields = { kind: 'order', order: '2', of: 'exigo-orders-to-3pl' };
    const { status, headers } = await visitor.post('/errors/retry', fields, '/errors');
    expect([status, headers.location]).toEqual([303, '/errors']);
    expect(await text('/errors')).toMatch(/role="status">1 item will be tried again with the next run\./);
    expect(await text('/errors')).not.toContain('role="status"');
    house.clock.advance(MINUTE);
    await changeOrder(house, 2, { WarehouseID: 1 });
    await house.run();
    expect(await outcomeOf(house, 2)).toBe('loading');
    await visitor.post('/errors/retry', { kind: 'code', code: 'NO_ROUTE' }, '/errors?code=NO_ROUTE');
    expect(await text('/errors')).toContain('Nothing waits');
  });

  it('drops one with a reason, which stays in its timeline, and none without', async () => {
    const fields = { order: '2', item: itemOf(await text('/errors'), '2') };
    await visitor.post('/errors/drop', { ...fields, reason: '   ' }, '/errors');
    const refused = await text('/errors');
    expect(refused).toContain('a reason is needed');
    expect(refused).toContain('2 held or failed');
    await visitor.post('/errors/drop', { ...fields, reason: 'sample order <b>' }, '/errors');
    expect(await text('/errors')).toContain('1 held or failed');
    expect(await text('/order?key=2')).toContain(
      'a person at the dashboard dropped NO_ROUTE (sample order &lt;b&gt;): not sent in this version',
    );
    await visitor.post('/errors/drop', { ...fields, reason: 'twice' }, '/errors');
    expect(await text('/errors')).toContain('that entry does not wait any more');
  });

  it('shows since when and how often, goes by the time first seen, and tries again what the filter takes alone', async () => {
    house.clock.advance(2 * HOUR);
    await changeOrder(house, 2, { Address1: '2 Second St' });
    await placeOrder(house, 4, { row: { WarehouseID: 9 } });
    await house.run();
    const rows = async (query: string) =>
      [...(await text(`/errors${query}`)).matchAll(/<th scope="row"><a href="[^"]+">(\d+)</g)].map(
        ([, key]) => key,
      );
    expect(await rows('')).toEqual(['3', '2', '4']);
    expect(await rows('?older=1h')).toEqual(['3', '2']);
    expect(await text('/errors?older=1h')).toMatch(/2 held or failed[\s\S]*2 times, last/);
    await visitor.post('/errors/retry', { kind: 'code', code: 'NO_ROUTE', older: '1h' }, '/errors');
    expect(await text('/errors')).toContain('2 items will be tried again');
    expect(await rows('')).toEqual(['4']);
  });

  it('says why something cannot be done', async () => {
    await visitor.post('/errors/retry', { kind: 'order', order: '1' }, '/errors');
    expect(await text('/errors')).toMatch(/class="panel fault" role="status">order 1 does not wait/);
    await visitor.post('/errors/retry', { kind: 'order', order: 'nonsense' }, '/errors');
    expect(await text('/errors')).toContain('neither an Exigo order id nor');
    await visitor.post('/errors/retry', {}, '/errors');
    expect(await text('/errors')).toContain('say what is to be tried again');
  });
});

describe('an order', () => {
  it('has where it is, what is next, its timeline, and what was received and sent', async () => {
    const page = await text('/order?key=1');
    expect(page).toContain('handed over to atlas');
    expect(page).toMatch(/<caption>What happened to it, oldest first<\/caption>/);
    expect(page).toMatch(/Received from Exigo: the order, change set 1/);
    expect(page).toMatch(/Sent to atlas in ATL_/);
    expect((await visitor.get('/order?key=12345')).body).toContain('never seen');
    expect((await visitor.get('/order?key=nonsense')).status).toBe(404);
    expect((await visitor.get('/order')).status).toBe(404);
  });

  it('shows no name, street, mail or phone, on any page', async () => {
    const person = {
      FirstName: 'Wilhelmina',
      LastName: 'Quackenbush',
      Address1: '77 Secluded Hollow Lane',
      Email: 'wilhelmina@quackenbush.example',
      Phone: '+1 702 555 0143',
    };
    await placeOrder(house, 5, { row: person });
    await house.run();
    house.clock.advance(MINUTE);
    await changeOrder(house, 5, { Address1: '78 Secluded Hollow Lane' });
    await house.run();
    expect(await outcomeOf(house, 5)).toBe('held CHANGED_AFTER_HAND_OVER');
    const pages = ['/', '/errors', '/order?key=5', '/batches/2', '/files/2', '/search?q=5', '/metrics'];
    for (const url of pages) {
      const page = await text(url);
      expect([url, /wilhelmina|quackenbush|secluded|702 555/i.exec(page)?.[0]]).toEqual([url, undefined]);
    }
    expect(await text('/order?key=5')).toMatch(/<dt>Address1<\/dt><dd>••• \(23 characters\)<\/dd>/);
    expect(await text('/order?key=5')).toContain('<dd>Reno</dd>');
  });

  it('with a script in its fields shows it as text, and runs none', async () => {
    const row = {
      City: EVIL,
      State: EVIL.slice(0, 20),
      Other11: EVIL,
      FirstName: '<b>Mallory',
      WarehouseID: 9,
    };
    await placeOrder(house, 6, { row, lines: [[EVIL.slice(0, 25), '1.00']] });
    await house.run();
    const reason = `because of ${EVIL}`;
    await visitor.post('/errors/drop', { item: itemOf(await text('/errors'), '6'), reason }, '/errors');
    for (const url of [
      '/',
      '/errors',
      '/order?key=6',
      `/search?q=${encodeURIComponent(EVIL)}`,
      `/errors?code=${encodeURIComponent(EVIL)}`,
    ]) {
      const page = await text(url);
      expect([url, /<script>|<img|onerror=alert\(2\)>/i.exec(page)?.[0]]).toEqual([url, undefined]);
    }
    expect(await text('/order?key=6')).toContain('&lt;script&gt;alert(1)');
  });
});

describe('the search', () => {
  it('leads from any number to its order', async () => {
    const [file] = await house.all<{ file_name: string }>('SELECT file_name FROM "etl.wave"');
    await house.exec(
      `INSERT INTO "etl.inbox_file" (file_id, three_pl, kind, name, claimed_utc) VALUES (7, 'atlas', 'shipments', 'S.csv', '2026-03-11 17:00:00.000')`,
    );
    await house.exec(
      `INSERT INTO "etl.inbox_row" (file_id, line, three_pl, order_id, answer, reference, tracking, content) VALUES
       (7, 1, 'atlas', 1, 'shipped', 'ATL-REF-1', '["1Z999","1Z998"]', 'a'), (7, 2, 'atlas', 3, 'shipped', 'X', '["1Z777"]', 'b')`,
    );
    await house.exec(
      `INSERT INTO "etl.marketplace_order" (store, order_number, marketplace_number, frozen_utc, exigo_order_id, linked_utc) VALUES
       ('main', '70001', '111-22', '2026-03-01', 1, '2026-03-01')`,
    );
    for (const [asked, to] of [
      ['1', '/order?key=1'],
      ['70001', '/order?key=main%2F70001'],
      ['111-22', '/order?key=main%2F70001'],
      [' 1z999 ', '/order?key=1'],
      ['1Z777', '/order?key=3'],
      ['ATL-REF-1', '/order?key=1'],
      [file?.file_name ?? '', '/files/1'],
      ['inbox/7/2', '/order?key=inbox%2F7%2F2'],
    ]) {
      const { status, headers } = await visitor.get(`/search?q=${encodeURIComponent(asked ?? '')}`);
      expect([asked, status, headers.location]).toEqual([asked, 303, to]);
    }
    const page = await text('/order?key=main%2F70001');
    expect(page).toMatch(/<h1>Order 1<\/h1>[\s\S]*Received from Exigo: lines/);
    for (const asked of ['', '%', '1Z99%', "' OR 1=1 --", '1Z99']) {
      expect([asked, (await visitor.get(`/search?q=${encodeURIComponent(asked)}`)).status]).toEqual([
        asked,
        404,
      ]);
    }
  });
});

describe('batches and files', () => {
  it('show the balance, the hash and what happened', async () => {
    expect(await text('/batches')).toMatch(/exigo-orders-to-3pl[\s\S]*?open<\/span>/);
    await house.run('exigo-snapshot-to-csv');
    expect(await text('/batches?pipeline=exigo-snapshot-to-csv')).toMatch(/balances/);
    const batch = await text('/batches/1');
    expect(batch).toMatch(/held<b>2<\/b>/);
    expect(batch).toMatch(/href="\/files\/1">ATL_/);
    const file = await text('/files/1');
    expect(file).toMatch(/<code>[0-9a-f]{64}<\/code>/);
    expect(file).toContain('<a href="/order?key=1">1</a>');
    expect((await visitor.get('/batches/999')).status).toBe(404);
  });
});

describe('the metrics', () => {
  it('come from the database, whichever process ran', async () => {
    await house.run('exigo-snapshot-to-csv');
    const { headers, body } = await visitor.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      'orderferry_last_success_timestamp_seconds{pipeline="exigo-orders-to-3pl"} 1773248400',
      'orderferry_waiting_items{pipeline="exigo-orders-to-3pl",state="held",code="NO_ROUTE"} 2',
      'orderferry_backlog_items{pipeline="exigo-orders-to-3pl",state="loading",target="atlas"} 1',
      'orderferry_open_effects{pipeline="exigo-orders-to-3pl",step="printed",state="pending"} 1',
      'orderferry_runs_last_day{pipeline="exigo-snapshot-to-csv",outcome="done"} 1',
      'orderferry_flow_level{pipeline="exigo-orders-to-3pl"} 2',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    expect(body).toMatch(
      /orderferry_items_last_day\{pipeline="exigo-snapshot-to-csv",outcome="delivered"\} \d+/,
    );
    expect(body.split('\n').filter((line) => line.startsWith('# HELP')).length).toBeGreaterThan(15);
  });
});
