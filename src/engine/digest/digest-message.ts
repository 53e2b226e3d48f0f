import type { AlertMessage } from '../../core/alert.js';
import { escapeHtml } from '../../core/html.js';
import { counted } from '../../core/text.js';
import { describeDuration, fromUtcText } from '../../core/time.js';
import type { Digest } from './digest.js';

interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What stands there without rows. */
  readonly none: string;
}

/** A digest as a mail. Pure. */
export function digestMessage(digest: Digest, installation: string): AlertMessage {
  const waiting = digest.waiting.reduce((sum, { items }) => sum + items, 0);
  const open = digest.incidents.filter(({ closed_utc }) => closed_utc === null).length;
  const verdict =
    open > 0
      ? `${counted(open, 'incident')} open, ${waiting} waiting`
      : waiting > 0
        ? `${waiting} waiting for somebody`
        : 'all is well';
  const head = `${digest.since.slice(0, 16)} to ${digest.until.slice(0, 16)} UTC: ${verdict}`;
  const sections = sectionsOf(digest);
  return {
    subject: `[Orderferry] ${verdict} (${installation}, ${digest.until.slice(0, 10)})`,
    text: `${[head, ...sections.map(textOf)].join('\n\n')}\n`,
    html: pageOf(head, sections),
    data: { event: 'digest', ...digest },
  };
}

function sectionsOf(digest: Digest): Section[] {
  const { until, oldestUnderWay, incidents } = digest;
  const age = (utc: string) => describeDuration(Math.max(0, fromUtcText(until) - fromUtcText(utc)));
  const shown = digest.errors.length;
  const all = digest.waiting.reduce((sum, { items }) => sum + items, 0);
  return [
    {
      title: 'Incidents',
      columns: ['system', 'since (UTC)', 'lasted', 'what'],
      rows: incidents.map(({ system, opened_utc, closed_utc, what }) => [
        system,
        opened_utc.slice(0, 16),
        closed_utc === null
          ? 'still open'
          : describeDuration(fromUtcText(closed_utc) - fromUtcText(opened_utc)),
        what,
      ]),
      none: 'none',
    },
    {
      title: 'Flows, by the batches that were closed',
      columns: ['pipeline', 'delivered', 'excluded', 'held', 'failed', 'under way', 'last success'],
      rows: digest.flows.map((flow) => [
        flow.mode === 'shadow' ? `${flow.pipeline} (in shadow)` : flow.pipeline,
        flow.delivered,
        flow.excluded,
        flow.held,
        flow.failed,
        flow.underWay,
        flow.lastDone?.ended_utc == null ? 'never' : `${age(flow.lastDone.ended_utc)} ago`,
      ]),
      none: 'no pipeline',
    },
    {
      title: 'To the 3PLs',
      columns: ['3PL', 'day (UTC)', 'files', 'orders'],
      rows: digest.handedOver.map((row) => [row.three_pl, row.day, row.files, row.amount]),
      none: 'nothing',
    },
    {
      title: 'From the 3PLs',
      columns: ['3PL', 'day (UTC)', 'files', 'good rows', 'faulty rows'],
      rows: digest.received.map((row) => [row.three_pl, row.day, row.files, row.amount, row.faulty]),
      none: 'nothing',
    },
    {
      title: 'Under way for longest',
      columns: ['order', 'pipeline', 'state', 'for'],
      rows:
        oldestUnderWay === null
          ? []
          : [
              [
                oldestUnderWay.item_key,
                oldestUnderWay.pipeline,
                oldestUnderWay.state,
                age(oldestUnderWay.since_utc),
              ],
            ],
      none: 'nothing is under way',
    },
    {
      title: shown < all ? `Waiting for somebody: the oldest ${shown} of ${all}` : 'Waiting for somebody',
      columns: ['order', 'code', 'for', 'times', 'reason', 'next'],
      rows: digest.errors.map((item) => [
        item.item_key,
        item.code,
        age(item.first_utc),
        item.times,
        item.reason,
        item.next,
      ]),
      none: 'nothing',
    },
    {
      title: 'Answered since',
      columns: ['code', 'how', 'orders'],
      rows: digest.answered.map(({ code, resolution, items }) => [code, resolution.toLowerCase(), items]),
      none: 'nothing',
    },
  ];
}

function textOf({ title, columns, rows, none }: Section): string {
  const lines =
    rows.length === 0
      ? [`  ${none}`]
      : rows.map((row) => `  ${row.map((cell, i) => `${columns[i]} ${cell}`).join('; ')}`);
  return [title, ...lines].join('\n');
}

function pageOf(head: string, sections: readonly Section[]): string {
  const tables = sections.map(({ title, columns, rows, none }) => {
    if (rows.length === 0) return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(none)}</p>`;
    const names = columns.map((name) => `<th align="left">${escapeHtml(name)}</th>`).join('');
    const lines = rows.map(
      (row) => `<tr>${row.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`,
    );
    return `<h2>${escapeHtml(title)}</h2><table border="1" cellpadding="4" cellspacing="0"><tr>${names}</tr>${lines.join('')}</table>`;
  });
  return `<!doctype html><html lang="en"><body><h1>Orderferry</h1><p>${escapeHtml(head)}</p>${tables.join('')}</body></html>`;
}
