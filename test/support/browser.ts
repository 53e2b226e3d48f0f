import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { it } from 'vitest';
import { ROOT } from './docs.js';

/** Where systems have Chromium. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const EXECUTABLE = PLACES.find((path) => existsSync(path));

/** For suites that need a browser. */
export function hasBrowser(): boolean {
  return EXECUTABLE !== undefined;
}

/** Call at the top of such a suite: names what is not run, and why. */
export function reportMissingBrowser(): void {
  if (!hasBrowser()) it.skip(`Chromium: not run, none of ${PLACES.join(', ')} is there`);
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE ?? '',
    // As root there is no sandbox; pages are our own.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A page that collects what the browser complains about: refused scripts and styles, requests to elsewhere. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  return { page, context, complaints };
}

/** Keeps a picture of the whole page in `var/screenshots`, which is not part of the repository. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, 'var', 'screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
