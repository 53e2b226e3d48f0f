import { existsSync } from 'node:fs';
import type { Browser, launch, Page } from 'puppeteer-core';
import { SECOND } from '../../core/clock.js';
import { messageOf, TransientError } from '../../core/errors.js';
import { RenderError } from '../../core/hand-over.js';
import type { LabelPrinter, PageSize } from '../../core/label.js';

/** Where Debian, Ubuntu, macOS and Windows put it. */
const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const LIMIT = 30 * SECOND;

/** No name is looked up and nothing is asked for at home: what a label may load is in the label. */
const ALONE = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

/**
 * Prints with an installed Chromium, begun with the first label and kept for those after it. `executable` null: looked for
 * where systems put it. A label gets no scripts, no network, no local files and no time to hang.
 */
export function chromiumPrinter(executable: string | null): LabelPrinter {
  let browser: Browser | null = null;

  async function open(): Promise<Browser> {
    if (browser?.connected) return browser;
    const path = executable ?? USUAL.find((one) => existsSync(one));
    if (path === undefined || !existsSync(path)) throw none(executable);
    const start = await importLaunch();
    // As root, Chromium refuses to start with its sandbox.
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    try {
      browser = await start({
        executablePath: path,
        headless: true,
        pipe: true, // it ends with this process, however that ends
        args: [...ALONE, ...root],
        timeout: LIMIT,
      });
      return browser;
    } catch (error) {
      throw new TransientError(
        'CHROMIUM',
        `Chromium (${path}) did not start: ${messageOf(error)}; nothing was sent, the next run tries again`,
      );
    }
  }

  return {
    async print(html, size) {
      const page = await (await open()).newPage();
      try {
        return await printPage(page, html, size);
      } finally {
        await page.close().catch(() => undefined); // a browser that died has no pages
      }
    },
    async close() {
      const last = browser;
      browser = null;
      await last?.close();
    },
  };
}

/** Where a label seems to come from; names that end so belong to nobody (RFC 2606). */
const LABEL = 'http://label.invalid/';

/**
 * What a label may do. `sandbox` takes away what runs by itself: scripts, and a refresh, which would put another page in the
 * place of the label while that is printed.
 */
const POLICY = "sandbox; default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline' data:";

async function printPage(page: Page, html: string, { width, height }: PageSize): Promise<Uint8Array> {
  try {
    await page.setJavaScriptEnabled(false);
    await page.setOfflineMode(true);
    await page.setRequestInterception(true);
    let isAsked = false;
    page.on('request', (request) => {
      const isLabel = !isAsked && request.url() === LABEL;
      if (isLabel) isAsked = true;
      const done = isLabel
        ? request.respond({
            contentType: 'text/html; charset=utf-8',
            headers: { 'content-security-policy': POLICY },
            body: html,
          })
        : request.url().startsWith('data:')
          ? request.continue()
          : request.abort();
      void done.catch(() => undefined); // the page is gone already
    });
    await page.goto(LABEL, { waitUntil: 'load', timeout: LIMIT });
    return await page.pdf({
      width: `${width}mm`,
      height: `${height}mm`,
      printBackground: true,
      timeout: LIMIT,
    });
  } catch (error) {
    throw new RenderError(
      'BAD_LABEL',
      `the shipping label cannot be used: its HTML cannot be printed: ${messageOf(error)}`,
    );
  }
}

async function importLaunch(): Promise<typeof launch> {
  try {
    return (await import('puppeteer-core')).launch;
  } catch {
    throw new RenderError(
      'NO_CHROMIUM',
      'the shipping label is HTML, and the package puppeteer-core is not installed: "npm install puppeteer-core", then "errors retry"',
    );
  }
}

function none(executable: string | null): RenderError {
  const where = executable === null ? '' : ` at ${executable}`;
  return new RenderError(
    'NO_CHROMIUM',
    `the shipping label is HTML, and there is no Chromium${where} to make a PDF of it: install it or set labels.chromium, then "errors retry"`,
  );
}
