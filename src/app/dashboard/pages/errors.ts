import { DAY, HOUR } from '../../../core/clock.js';
import { UsageError } from '../../../core/errors.js';
import { counted } from '../../../core/text.js';
import { NOT_ANSWERED } from '../../../engine/answers/not-answered.js';
import { dropWaiting } from '../../../engine/persons/drop.js';
import {
  type Entry,
  type EntryFilter,
  type EntryList,
  listEntries,
} from '../../../engine/persons/entries.js';
import { retryAsked } from '../../error-desk.js';
import { type Html, html, link } from '../html.js';
import { csrfField, type Visit } from '../layout.js';
import { maskSentence } from '../mask.js';
import type { Site } from '../site.js';
import { ago, amount, stateBadge } from '../words.js';

const SHOWN = 100;
/** In the timeline: the dashboard has one password, and knows nobody by name. */
const WHO = 'a person at the dashboard';
const AGES: ReadonlyMap<string, number> = new Map([
  ['1h', HOUR],
  ['1d', DAY],
  ['3d', 3 * DAY],
  ['7d', 7 * DAY],
]);

interface Query {
  readonly pipeline?: string;
  readonly code?: string;
  readonly target?: string;
  readonly store?: string;
  readonly older?: string;
  readonly state?: string;
}

/** The error list: what waits, why, what to do, another try, and giving up with a reason. */
export function addErrors(site: Site): void {
  const { app, context, sessions } = site;

  app.get('/errors', async (request, reply) => {
    const query = queryOf(request.query);
    const { entries, codes, total } = await listEntries(context, { ...filterOf(query), limit: SHOWN });
    const visit = site.visitOf(request);
    const body = html`<h1>Errors</h1>
${filterForm(query, site)}
<section aria-labelledby="list"><h2 id="list">${total === 0 ? 'Nothing waits' : `${amount(total)} held or failed, oldest first`}</h2>
${codes.length > 0 && codeTable(query, codes)}
${total > entries.length && html`<p class="soft">The oldest ${amount(entries.length)} are shown.</p>`}
${entries.length > 0 && errorTable(entries, visit, query)}</section>`;
    return site.show(visit, reply, { title: 'Errors', at: '/errors', body });
  });

  app.post('/errors/retry', async (request, reply) => {
    const form = formOf(request.body);
    const back = link('/errors', { ...queryOf(request.body) });
    await told(request.visitor, async () => {
      const query = queryOf(request.body);
      const order = form.kind === 'order' ? text(form.order) : undefined;
      const isAll = form.kind === 'code' && query.code !== undefined;
      if (!isAll && order === undefined) throw new UsageError('say what is to be tried again');
      // All of a code are those that the page takes, not those of another 3PL or age.
      const filter = isAll ? filterOf(query) : { pipeline: text(form.of) };
      const { retried, left } = await retryAsked(context, filter, order);
      if (retried + left === 0) throw new UsageError('nothing of that waits any more');
      context.log.info('dashboard: a person asked for another try', {
        ...(isAll ? query : { pipeline: filter.pipeline }),
        order,
        retried,
        left,
      });
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
      const reason = text(form.reason);
      const item = Number(text(form.item));
      if (!Number.isSafeInteger(item)) throw new UsageError('say which entry is to be dropped');
      if (reason === undefined)
        throw new UsageError('a reason is needed: it stays in the timeline. Nothing was done');
      // The entry that was seen, not what has taken its place since.
      const { dropped, left } = await dropWaiting(context, { itemIds: [item] }, { by: WHO, reason });
      const [held] = left;
      if (held !== undefined) throw new UsageError(`${held.key} is not dropped: ${held.why}`);
      if (dropped === 0) throw new UsageError('that entry does not wait any more; nothing was done');
      context.log.info('dashboard: a person dropped an entry of the error list', { item });
      return `${text(form.order) ?? 'The entry'} is dropped; a newer version of it is looked at anew.`;
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
  const threePls = context.config.threePls.map(({ name }) => name);
  const stores = [...context.stores.keys()];
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
  '3PL',
  'all 3PLs',
  threePls.map((name) => [name, name] as const),
)}
${
  stores.length > 0 &&
  select(
    'store',
    'Store',
    'all stores',
    stores.map((name) => [name, name] as const),
  )
}
${select('state', 'State', 'held and failed', [
  ['held', 'held'],
  ['failed', 'failed'],
])}
${select('older', 'First seen', 'any time', [
  ['1h', 'more than 1 hour ago'],
  ['1d', 'more than 1 day ago'],
  ['3d', 'more than 3 days ago'],
  ['7d', 'more than 7 days ago'],
])}
<div><label for="code">Code</label><input id="code" name="code" value="${query.code ?? ''}" maxlength="60" autocapitalize="characters" spellcheck="false"></div>
<button>Show</button><a class="button" href="/errors">Clear</a></form></section>`;
}

function codeTable(query: Query, codes: EntryList['codes']): Html {
  return html`<p>${codes.map(
    ({ code, items }, i) =>
      html`${i > 0 && ' · '}<a href="${link('/errors', { ...query, code })}"><code>${code}</code></a> ${amount(items)}`,
  )}</p>`;
}

function errorTable(entries: readonly Entry[], visit: Visit, query: Query): Html {
  return html`<div class="wide"><table><caption>Held and failed items that nobody has answered</caption>
<thead><tr><th scope="col">Order</th><th scope="col">Code and reason</th><th scope="col">First seen</th><th scope="col">Flow</th><th scope="col">Decide</th></tr></thead>
<tbody>${entries.map((entry) => errorRow(entry, visit, query))}</tbody></table></div>
${query.code !== undefined && retryAll(query, visit)}`;
}

function errorRow(entry: Entry, visit: Visit, query: Query): Html {
  const { item_key, code, reason, state, first_utc, settled_utc, times, pipeline, target, next } = entry;
  return html`<tr><th scope="row"><a href="${link('/order', { key: item_key })}">${item_key}</a></th>
<td>${stateBadge(state)} <code>${code}</code><br>${maskSentence(reason)}<details><summary class="soft">What to do</summary><p class="code">${next}</p></details></td>
<td>${ago(first_utc, visit.now)}${times > 1 && html`<br><span class="soft">${times} times, last ${ago(settled_utc, visit.now)}</span>`}</td><td>${pipeline}${target !== null && html`<br><span class="soft">${target}</span>`}</td>
<td>${code !== NOT_ANSWERED && acts(entry, visit, query)}</td></tr>`;
}

/** Another try, and giving up: each says of which order, for who does not see the row. */
function acts({ item_id, item_key, pipeline }: Entry, visit: Visit, query: Query): Html {
  const hidden = html`${csrfField(visit)}<input type="hidden" name="order" value="${item_key}"><input type="hidden" name="of" value="${pipeline}"><input type="hidden" name="item" value="${item_id}">${queryFields(query)}`;
  return html`<div class="acts"><form action="/errors/retry" method="post"><input type="hidden" name="kind" value="order">${hidden}<button>Retry<span class="hidden"> ${item_key}</span></button></form>
<details><summary>Drop<span class="hidden"> ${item_key}</span></summary><form action="/errors/drop" method="post">${hidden}
<label>Reason, kept in the timeline <input name="reason" required maxlength="500" autocomplete="off"></label>
<button>Drop<span class="hidden"> ${item_key}</span></button><span class="soft">Leaves it as it is until it changes.</span></form></details></div>`;
}

function retryAll(query: Query, visit: Visit): Html {
  return html`<form action="/errors/retry" method="post">${csrfField(visit)}<input type="hidden" name="kind" value="code">${queryFields(query)}
<button>Retry all of ${query.code ?? ''}${Object.keys(query).length > 1 && ' in this filter'}</button></form>`;
}

function queryFields(query: Query): Html[] {
  return Object.entries(query).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

function filterOf({ pipeline, code, target, store, older, state }: Query): EntryFilter {
  return {
    pipeline,
    code,
    target,
    store,
    state: state === 'held' || state === 'failed' ? state : undefined,
    olderThanMs: AGES.get(older ?? ''),
  };
}

function queryOf(given: unknown): Query {
  const form = formOf(given);
  const names = ['pipeline', 'code', 'target', 'store', 'older', 'state'] as const;
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
