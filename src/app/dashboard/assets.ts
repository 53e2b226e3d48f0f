import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { CLIENT } from './client.js';
import { STYLE } from './style.js';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f5fbf"/><path d="M6 20h20l-3 6H9zM15 6h2v11h-2zM18 8l6 9h-6z" fill="#fff"/></svg>';

interface Asset {
  readonly type: string;
  readonly text: () => string;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** All there is: a path that is not written here leads nowhere, and no path leads to a file. */
const ASSETS: Readonly<Record<string, Asset>> = {
  'style.css': { type: CSS, text: () => STYLE },
  'charts.js': { type: JAVASCRIPT, text: () => CLIENT },
  'icon.svg': { type: 'image/svg+xml', text: () => ICON },
  'uplot.js': { type: JAVASCRIPT, text: () => ofUplot('uPlot.iife.min.js') },
  'uplot.css': { type: CSS, text: () => ofUplot('uPlot.min.css') },
};

/** What pages need beside themselves, from here alone. */
export function addAssets(app: FastifyInstance): void {
  for (const [name, { type, text }] of Object.entries(ASSETS)) {
    const body = text();
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    app.get(`/assets/${name}`, { config: { open: true } }, async (request, reply) => {
      void reply.header('etag', tag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}

function ofUplot(file: string): string {
  return readFileSync(join(dirname(fileURLToPath(import.meta.resolve('uplot'))), file), 'utf8');
}
