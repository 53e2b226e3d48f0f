import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_DASHBOARD } from '../../src/app/dashboard/access.js';
import { createDashboard, listen } from '../../src/app/dashboard/server.js';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { hasBrowser, keepPicture, openBrowser, openPage, reportMissingBrowser } from '../support/browser.js';
import { PASSWORD } from '../support/dashboard.js';
import { House } from '../support/house.js';
import { changeOrder, placeOrder } from '../support/small-orders.js';

const EVIL = `<script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;

reportMissingBrowser();

describe.runIf(hasBrowser())('the dashboard in Chromium', () => {
  let house: House;
  let browser: Browser;
  let app: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    browser = await openBrowser();
    house = await House.open();
    // Some hours of work, so that the charts have something to draw.
    for (let hour = 0; hour < 6; hour++) {
      for (let i = 0; i < 2 + ((hour * 3) % 5); i++) {
        await placeOrder(house, 100 + hour * 10 + i, i === 1 ? { row: { WarehouseID: 9 } } : {});
      }
      await house.run();
      house.clock.advance((20 + hour * 3) * MINUTE);
      await house.run('exigo-snapshot-to-csv');
      house.clock.advance(HOUR - (20 + hour * 3) * MINUTE);
    }
    await changeOrder(house, 100, { Address1: '7 Other Street' });
    await placeOrder(house, 200, { row: { City: EVIL, Other11: EVIL, WarehouseID: 9 } });
    await house.run();
    const settings = { ...DEFAULT_DASHBOARD, port: 0 };
    app = await createDashboard({ context: house.context(), settings });
    url = await listen(app, settings);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await house?.close();
  });

  it.each(['light', 'dark'] as const)(
    'is calm and whole in %s, without one complaint of the browser',
    async (scheme) => {
      const { page, context, complaints } = await openPage(browser, { colorScheme: scheme });
      const hosts = new Set<string>();
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      for (const [name, path] of [
        ['overview', '/'],
        ['errors', '/errors'],
        ['order', '/order?key=100'],
        ['batches', '/batches'],
        ['batch', '/batches/1'],
        ['files', '/files'],
        ['file', '/files/1'],
      ] as const) {
        await page.goto(url + path);
        if (name === 'overview') await page.waitForSelector('.chart canvas');
        expect(await page.locator('h1').count()).toBe(1);
        expect(await page.locator('main, nav, header, footer').count()).toBeGreaterThanOrEqual(4);
        // Nothing sticks out to the side.
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([name, Number(wider) <= 0]).toEqual([name, true]);
        await keepPicture(page, `dashboard-${name}-${scheme}`);
      }
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        scheme === 'dark' ? 'rgb(18, 22, 28)' : 'rgb(246, 247, 249)',
      );
      expect([...hosts]).toEqual([new URL(url).host]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('draws both charts from their tables', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(url);
    await page.waitForSelector('.chart canvas');
    expect(await page.locator('.chart canvas').count()).toBe(2);
    const drawn = await page.evaluate(`(() => {
      const canvas = document.querySelector('.chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    })()`);
    expect(drawn).toBe(true);
    await context.close();
  });

  it('is readable without JavaScript, and acts', async () => {
    const { page, context } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(url);
    await expect(page.locator('h1').textContent()).resolves.toContain('waits for a person');
    await page.getByText('Items settled per hour: the numbers').click();
    expect(await page.locator('#throughput-table').isVisible()).toBe(true);
    await page.goto(`${url}/errors`);
    await page.locator('summary', { hasText: 'Drop 200' }).click();
    await page.locator('tr', { hasText: '200' }).getByLabel('Reason').fill('a test');
    await page.getByRole('button', { name: 'Drop 200' }).click();
    expect(await page.getByRole('status').textContent()).toContain('200');
    expect(await page.getByRole('link', { name: '200', exact: true }).count()).toBe(0);
    await context.close();
  });

  it('runs no script that stands in an order', async () => {
    const { page, context, complaints } = await openPage(browser);
    for (const path of ['/order?key=200', '/errors', `/search?q=${encodeURIComponent(EVIL)}`]) {
      await page.goto(url + path);
      expect(await page.title()).not.toContain('taken');
      expect(await page.locator('img').count()).toBe(0);
    }
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await context.close();
  });

  it('goes by keyboard: first to the content, then through the pages, with the focus to be seen', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(url);
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    expect(seen).toEqual(['Skip to the content', 'Orderferry', 'Overview', 'Errors', 'Batches', 'Files']);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Tab');
    await page.keyboard.type('100');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/order?key=100');
    await context.close();
  });

  it('names every field, table and landmark for who does not see the page', async () => {
    const { page, context } = await openPage(browser);
    for (const path of ['/', '/errors', '/batches', '/files']) {
      await page.goto(url + path);
      const nameless = await page.evaluate(`[
        ...[...document.querySelectorAll('input:not([type=hidden]), select')].filter((one) => one.labels.length === 0).map((one) => one.name),
        ...[...document.querySelectorAll('table:not(.chart *)')].filter((one) => one.caption === null).map(() => 'table'),
        ...[...document.querySelectorAll('th:not(.chart *)')].filter((one) => !one.scope).map((one) => one.textContent),
        ...[...document.querySelectorAll('button, a')].filter((one) => one.textContent.trim() === '').map((one) => one.outerHTML),
      ]`);
      expect([path, nameless]).toEqual([path, []]);
      const buttons = await page.locator('main button').allTextContents();
      expect([path, buttons.length - new Set(buttons).size]).toEqual([path, 0]);
    }
    await context.close();
  });

  it.each(['light', 'dark'] as const)('has text of enough contrast in %s', async (scheme) => {
    const { page, context } = await openPage(browser, { colorScheme: scheme });
    for (const path of ['/', '/errors', '/batches']) {
      await page.goto(url + path);
      expect([path, await page.evaluate(CONTRAST_FAULTS)]).toEqual([path, []]);
    }
    await context.close();
  });

  it('downloads a file that was sent', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${url}/files/1`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toMatch(/^ATL_.*\.csv$/);
    await context.close();
  });

  it('asks for the password where one is set, on a small screen, too', async () => {
    const settings = { ...DEFAULT_DASHBOARD, port: 0, password: PASSWORD };
    const guarded = await createDashboard({ context: house.context(), settings });
    const address = await listen(guarded, settings);
    const { page, context, complaints } = await openPage(browser, { viewport: { width: 390, height: 800 } });
    await page.goto(`${address}/errors`);
    expect(new URL(page.url()).pathname).toBe('/login');
    await keepPicture(page, 'dashboard-login-narrow');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/errors');
    const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(Number(wider)).toBeLessThanOrEqual(0);
    await keepPicture(page, 'dashboard-errors-narrow');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL('**/login');
    expect(complaints).toEqual([]);
    await context.close();
    await guarded.close();
  });
});

/** Texts whose colour is closer to what is behind them than 4.5 to 1, by the formula of WCAG 2. */
const CONTRAST_FAULTS = `(() => {
  const parts = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (let at = one; at !== null; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const faults = [];
  for (const one of document.querySelectorAll('details')) one.open = true;
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || one.closest('.u-wrap, .hidden, .skip, option') || one.offsetParent === null) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faults.push(one.textContent.trim().slice(0, 40));
  }
  return [...new Set(faults)];
})()`;
