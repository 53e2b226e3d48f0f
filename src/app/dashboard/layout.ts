import { type Html, html, type Part } from './html.js';

/** What every page of a visitor has in common. */
export interface Visit {
  /** Of the forms on the page. */
  readonly csrf: string;
  /** Whether somebody is logged in and can leave again. */
  readonly canLeave: boolean;
  /** What the last act came to, to be said once. */
  readonly notice: Notice | null;
  readonly now: number;
}

export interface Notice {
  readonly kind: 'notice' | 'fault';
  readonly words: string;
}

const PAGES = [
  { path: '/', name: 'Overview' },
  { path: '/errors', name: 'Errors' },
  { path: '/batches', name: 'Batches' },
  { path: '/files', name: 'Files' },
] as const;

export interface PageParts {
  readonly title: string;
  /** Path of the entry of the navigation it belongs to. */
  readonly at: string;
  readonly body: Part;
  /** Whether it has charts to draw. */
  readonly charts?: boolean;
}

/** A whole page, to be read with or without JavaScript. */
export function page(visit: Visit, { title, at, body, charts = false }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Orderferry</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${charts && html`<link rel="stylesheet" href="/assets/uplot.css">`}
<link rel="stylesheet" href="/assets/style.css">
${charts && html`<script src="/assets/uplot.js" defer></script><script src="/assets/charts.js" defer></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="bar"><div>
<a class="brand" href="/">Orderferry</a>
<nav aria-label="Pages"><ul>${PAGES.map(
    ({ path, name }) =>
      html`<li><a href="${path}"${path === at && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>
<form action="/search" method="get" role="search"><label class="hidden" for="q">Order, reference or tracking number</label>
<input id="q" name="q" type="search" placeholder="Order, reference, tracking" required maxlength="200" autocomplete="off"><button>Search</button></form>
${visit.canLeave && html`<form class="leave" action="/logout" method="post">${csrfField(visit)}<button>Log out</button></form>`}
</div></header>
<main id="content">
${visit.notice !== null && html`<div class="panel ${visit.notice.kind}" role="status">${visit.notice.words}</div>`}
${body}
</main>
<footer>As of ${new Date(visit.now).toISOString().slice(0, 19).replace('T', ' ')} UTC. All times are UTC. Names, streets, mail and phone are masked.</footer>
</body>
</html>
`.text;
}

/** Proves that a form is of a page of ours. */
export function csrfField({ csrf }: Pick<Visit, 'csrf'>): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`;
}

/** A page of its own, without navigation: log-in, refusals. */
export function barePage(title: string, body: Part): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Orderferry</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
</head>
<body><main class="narrow">${body}</main></body>
</html>
`.text;
}

/** Links to newer and older rows of a list. */
export function pager(first: string, older: string | null, isFirst: boolean): Html {
  return html`<nav class="pages" aria-label="Older and newer">${!isFirst && html`<a href="${first}">Newest</a>`}${older !== null && html`<a href="${older}" rel="next">Older</a>`}</nav>`;
}
