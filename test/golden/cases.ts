import type { Story } from './world.js';

export interface GoldenCase {
  readonly story: Story;
  /** What the database gives decides here, and not the format alone: by default it is made on SQL Server, too. */
  readonly values?: true;
  /** The section whose files begin with `prefix`: what it says of them goes before the template's `file`. */
  readonly section?: { readonly name: 'cancellations' | 'returns'; readonly prefix: string };
}

const orders: GoldenCase = { story: 'orders' };
const values: GoldenCase = { story: 'orders', values: true };

/** By folder. */
export const CASES: Readonly<Record<string, GoldenCase>> = {
  'row-line': orders,
  'row-order': orders,
  'row-order-items': orders,
  'row-header-details': orders,
  'lines-without-parts': orders,
  'lines-none-left': orders,
  'delimiter-comma': orders,
  'delimiter-semicolon': orders,
  'delimiter-pipe': orders,
  'delimiter-tab': orders,
  'quoting-minimal': orders,
  'quoting-text': orders,
  'quoting-all': orders,
  'header-none': orders,
  'newlines-space': orders,
  'newlines-keep': values,
  'line-ends-lf': orders,
  'line-ends-crlf': orders,
  'encoding-utf-8': orders,
  'encoding-utf-8-bom': orders,
  'encoding-windows-1252-hold': orders,
  'encoding-windows-1252-replace': orders,
  'single-column': orders,
  'empty-cells': values,
  fields: values,
  constants: orders,
  join: orders,
  map: orders,
  numbers: values,
  'bad-values': orders,
  dates: values,
  'dates-zone-per-column': orders,
  case: orders,
  required: orders,
  guard: orders,
  'limit-truncate': orders,
  'limit-hold': orders,
  'file-names': orders,
  'manifest-before': orders,
  'manifest-after': orders,
  routes: orders,
  cancellations: { story: 'cancellation', section: { name: 'cancellations', prefix: 'CXL_' } },
  returns: { story: 'return', section: { name: 'returns', prefix: 'RMA_' } },
  labels: orders,
};
