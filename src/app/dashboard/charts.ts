import { type Html, html } from './html.js';

/** One column of a table of numbers over time. */
export interface Series {
  readonly name: string;
  /** As a person reads it. */
  readonly show: (value: number) => string;
  /** One for each instant; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** Numbers over time: a chart where the browser draws one, and the same as a table. */
export function timeChart(
  id: string,
  caption: string,
  at: readonly { readonly ms: number; readonly label: string }[],
  series: readonly Series[],
): Html {
  return html`<div class="chart" data-table="${id}" aria-hidden="true"></div>
<details><summary>${caption}: the numbers</summary>
<div class="wide"><table id="${id}"><caption>${caption}, UTC</caption>
<thead><tr><th scope="col">Time</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${at.map(
    ({ ms, label }, i) =>
      html`<tr><th scope="row" data-value="${ms / 1_000}">${label}</th>${series.map(({ values, show }) =>
        cell(values[i] ?? null, show),
      )}</tr>`,
  )}</tbody></table></div></details>`;
}

function cell(value: number | null, show: (value: number) => string): Html {
  return html`<td class="number" data-value="${value ?? ''}">${value === null ? '–' : show(value)}</td>`;
}
