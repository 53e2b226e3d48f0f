import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** The files of the sample as text; tests pass small ones of their own. */
export interface OlistFiles {
  readonly orders: string;
  readonly items: string;
  readonly payments: string;
  readonly customers: string;
  readonly products: string;
}

export async function readOlistFiles(folder: string): Promise<OlistFiles> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    orders: await read('orders.csv'),
    items: await read('order_items.csv'),
    payments: await read('order_payments.csv'),
    customers: await read('customers.csv'),
    products: await read('products.csv'),
  };
}

/** Rows by column name; an empty cell is ''. */
export function rowsOf<Column extends string>(text: string): Record<Column, string>[] {
  return parse(text, { columns: true, bom: true, skip_empty_lines: true }) as Record<Column, string>[];
}

/** By text, code unit by code unit: the same order on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
