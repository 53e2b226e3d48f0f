import { hash } from 'node:crypto';
import type { RenderedOrder } from '../../core/hand-over.js';

export interface CellDifference {
  /** From 1: the row before the change; for an added row its place after it. */
  readonly row: number;
  readonly column: string;
  /** Null: the row or column was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

type Cells = RenderedOrder[number];

/**
 * What changed for the 3PL between two renderings of an order. Rows that are equal at the beginning and
 * at the end are left aside; the rows between are compared one by one.
 */
export function diffRendered(before: RenderedOrder, after: RenderedOrder): readonly CellDifference[] {
  const [a, b] = [before.map(rowKey), after.map(rowKey)];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const rows = Math.max(a.length, b.length) - end;
  const differences: CellDifference[] = [];
  for (let i = start; i < rows; i++) {
    const old = i < before.length - end ? before[i] : undefined;
    const fresh = i < after.length - end ? after[i] : undefined;
    differences.push(...diffRow(i + 1, old, fresh));
  }
  return differences;
}

/**
 * SHA-256 (hex) of a rendering. A row is serialised as a JSON list of its sorted column names and one
 * of their values, so text that moves from cell to cell changes it, and the order of columns in the
 * template does not.
 */
export function fingerprint(rendered: RenderedOrder): string {
  return hash('sha256', rendered.map(rowKey).join('\n'), 'hex');
}

function rowKey(cells: Cells): string {
  const { names, json } = shapeOf(Object.keys(cells));
  return json + JSON.stringify(names.map((name) => cells[name]));
}

interface Shape {
  readonly keys: readonly string[];
  /** The keys, sorted. */
  readonly names: readonly string[];
  readonly json: string;
}

/** Most rows have the columns of the row before: sorting them again would cost as much as the hash. */
let last: Shape = { keys: [], names: [], json: '[]' };

function shapeOf(keys: readonly string[]): Shape {
  if (keys.length !== last.keys.length || keys.some((key, i) => key !== last.keys[i])) {
    const names = [...keys].sort();
    last = { keys, names, json: JSON.stringify(names) };
  }
  return last;
}

function diffRow(row: number, before: Cells | undefined, after: Cells | undefined): CellDifference[] {
  const columns = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return Array.from(columns, (column) => ({
    row,
    column,
    before: before?.[column] ?? null,
    after: after?.[column] ?? null,
  })).filter((cell) => cell.before !== cell.after);
}
