import { DAY, HOUR } from '../../../core/clock.js';
import { UsageError } from '../../../core/errors.js';
import { counted } from '../../../core/text.js';
import { toUtcText } from '../../../core/time.js';
import { NOT_ANSWERED } from '../../../engine/answers/not-answered.js';
import { remedyFor } from '../../../engine/persons/remedy.js';
import type { WaitingFilter } from '../../../queue/reads/waiting.js';
import { type ListedError, listWaiting, releaseAsked, retryAsked } from '../../error-desk.js';
import { type Html, html, link } from '../html.js';
import { csrfField, type Visit } from '../layout.js';
import { maskSentence } from '../mask.js';
import type { Site } from '../site.js';
import { ago, amount, stateBadge } from '../words.js';

const SHOWN = 100;
const AGES = { '1h': HOUR, '1d': DAY, '3d': 3 * DAY, '7d': 7 * DAY } as const;

interface Query {
  readonly pipeline?: string;
  readonly code?: string;
  readonly target?: string;
  readonly older?: string;
  readonly state?: string;
}

/** The error list: what waits, why, what to do, another try, and giving up with a reason. */
export function addErrors(site: Site): void {
  const { app, context, sessions } = site;

  app.get('/errors', async (request, reply) => {
    const query = queryOf(request.query);
    const { items, codes } = await listWaiting(context, {
      ...filterOf(query, context.clock.now()),
      limit: SHOWN,
    });
    const total = codes.reduce((sum, row) => sum + row.items, 0);
    const visit = site.visitOf(request);
    const body = html`<h1>Errors</h1>
${filterForm(query, site)}
<section aria-labelledby="list"><h2 id="list">${total === 0 ? 'Nothing waits' : `${amount(total)} held or failed, oldest first`}</h2>
${codes.length > 0 && codeTable(query, codes)}
${total > items.length && html`<p class="soft">The oldest ${amount(items.length)} are shown.</p>`}
${items.length > 0 && errorTable(items, visit, query)}</section>`;
    return site.show(visit, reply, { title: 'Errors', at: '/errors', body });
  });

  app.post('/errors/retry', async (request, reply) => {
    const form = formOf(request.body);
    const back = link('/errors', { ...queryOf(request.body) });
    await told(request.visitor, async () => {
      const code = form.kind === 'code' ? text(form.code) : undefined;
      const order = form.kind === 'order' ? text(form.order) : undefined;
      if (code === undefined && order === undefined) throw new UsageError('say what is to be tried again');
      const pipeline = text(form.of) ?? text(form.pipeline);
      const { retried, left } = await retryAsked(context, { code, pipeline }, order);
      if (retried + left === 0) throw new UsageError('nothing of that waits any more');
      context.log.info('dashboard: a person asked for another try', { code, order, pipeline, retried, left });
      const rest =
        left === 0
          ? ''
          : `; ${left} left: their files are held, or they are tried one by one, look at them first`;
      return `${counted(retried, 'item')} will be tried again with the next run${rest}.`;
    });
    return reply.redirect(back, 303);
  });

  app.post('/errors/drop', async (request, reply) => {
    const form = formOf(request.body);
    await told(request.visitor, async () => {
      const order = text(form.order);
      const reason = text(form.reason);
      if (order === undefined) throw new UsageError('say which order is to be dropped');
      if (reason === undefined)
        throw new UsageError('a reason is needed: it stays in the timeline. Nothing was done');
      const { outcome } = await releaseAsked(context, {
        order,
        as: 'ignore',
        reason,
        pipeline: text(form.of),
      });
      context.log.info('dashboard: a person dropped an entry of the error list', { order });
      return outcome;
    });
    return reply.redirect(link('/errors', { ...queryOf(request.body) }), 303);
  });

  /** Does it, and keeps for the next page what it came to. */
  async function told(visitor: string, act: () => Promise<string>): Promise<void> {
    try {
      sessions.tell(visitor, { kind: 'notice', words: maskSentence(await act()) });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sessions.tell(visitor, { kind: 'fault', words: maskSentence(error.message) });
    }
  }
}

function filterForm(query: Query, { context }: Site): Html {
  const targets = [...context.config.threePls.map(({ name }) => name), ...context.stores.keys()];
  const select = (
    name: keyof Query,
    label: string,
    all: string,
    values: readonly (readonly [string, string])[],
  ) =>
    html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">${all}</option>${values.map(
      ([value, words]) =>
        html`<option value="${value}"${value === query[name] && html` selected`}>${words}</option>`,
    )}</select></div>`;
  return html`<section aria-labelledby="narrow"><h2 id="narrow">Filter</h2><form class="filter" action="/errors" method="get">
${select(
  'pipeline',
  'Flow',
  'all flows',
  context.pipelines.map(({ name }) => [name, name] as const),
)}
${select(
  'target',
  '3PL or store',
  'all',
  targets.map((name) => [name, name] as const),
)}
${select('state', 'State', 'held and failed', [
  ['held', 'held'],
  ['failed', 'failed'],
])}
${select('older', 'Waiting for', 'any time', [
  ['1h', 'more than 1 hour'],
  ['1d', 'more than 1 day'],
  ['3d', 'more than 3 days'],
  ['7d', 'more than 7 days'],
])}
<div><label for="code">Code</label><input id="code" name="code" value="${query.code ?? ''}" maxlength="60" autocapitalize="characters" spellcheck="false"></div>
<button>Show</button><a class="button" href="/errors">Clear</a></form></section>`;
}

function codeTable(query: Query, codes: readonly { readonly code: string; readonly items: number }[]): Html {
  return html`<p>${codes.map(
    ({ code, items }, i) =>
      html`${i > 0 && ' · '}<a href="${link('/errors', { ...query, code })}"><code>${code}</code></a> ${amount(items)}`,
  )}</p>`;
}

function errorTable(items: readonly ListedError[], visit: Visit, query: Query): Html {
  return html`<div class="wide"><table><caption>Held and failed items that nobody has answered</caption>
<thead><tr><th scope="col">Order</th><th scope="col">Code and reason</th><th scope="col">Since</th><th scope="col">Flow</th><th scope="col">Decide</th></tr></thead>
<tbody>${items.map((item) => errorRow(item, visit, query))}</tbody></table></div>
${query.code !== undefined && retryAll(query, visit)}`;
}

function errorRow(item: ListedError, visit: Visit, query: Query): Html {
  const { item_key, code, reason, state, settled_utc, pipeline, target } = item;
  return html`<tr><th scope="row"><a href="${link('/order', { key: item_key })}">${item_key}</a></th>
<td>${stateBadge(state)} <code>${code}</code><br>${maskSentence(reason)}<details><summary class="soft">What to do</summary><p class="code">${remedyFor(item)}</p></details></td>
<td>${ago(settled_utc, visit.now)}</td><td>${pipeline}${target !== null && html`<br><span class="soft">${target}</span>`}</td>
<td>${code !== NOT_ANSWERED && acts(item, visit, query)}</td></tr>`;
}

/** Another try, and giving up: each says of which order, for who does not see the row. */
function acts({ item_key, pipeline }: ListedError, visit: Visit, query: Query): Html {
  const hidden = html`${csrfField(visit)}<input type="hidden" name="order" value="${item_key}"><input type="hidden" name="of" value="${pipeline}">${queryFields(query)}`;
  return html`<div class="acts"><form action="/errors/retry" method="post"><input type="hidden" name="kind" value="order">${hidden}<button>Retry<span class="hidden"> ${item_key}</span></button></form>
<details><summary>Drop<span class="hidden"> ${item_key}</span></summary><form action="/errors/drop" method="post">${hidden}
<label>Reason, kept in the timeline <input name="reason" required maxlength="500" autocomplete="off"></label>
<button>Drop<span class="hidden"> ${item_key}</span></button><span class="soft">Leaves it as it is until it changes.</span></form></details></div>`;
}

function retryAll(query: Query, visit: Visit): Html {
  return html`<form action="/errors/retry" method="post">${csrfField(visit)}<input type="hidden" name="kind" value="code">${queryFields(query)}
<button>Retry all of ${query.code ?? ''}${query.pipeline !== undefined && ` in ${query.pipeline}`}</button></form>`;
}

function queryFields(query: Query): Html[] {
  return Object.entries(query).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

function filterOf({ pipeline, code, target, older, state }: Query, now: number): WaitingFilter {
  const least = older === undefined ? undefined : AGES[older as keyof typeof AGES];
  return {
    pipeline,
    code,
    target,
    state: state === 'held' || state === 'failed' ? state : undefined,
    settledUntil: least === undefined ? undefined : toUtcText(now - least),
  };
}

function queryOf(given: unknown): Query {
  const form = formOf(given);
  const names = ['pipeline', 'code', 'target', 'older', 'state'] as const;
  const pairs = names.flatMap((name) => {
    const value = text(form[name]);
    return value === undefined ? [] : [[name, name === 'code' ? value.toUpperCase() : value]];
  });
  return Object.fromEntries(pairs) as Query;
}

function formOf(given: unknown): Readonly<Record<string, unknown>> {
  return (given ?? {}) as Readonly<Record<string, unknown>>;
}

/** What somebody wrote, without what surrounds it; nothing counts as left out. */
function text(value: unknown): string | undefined {
  const clean = typeof value === 'string' ? value.trim().slice(0, 500) : '';
  return clean === '' ? undefined : clean;
}
