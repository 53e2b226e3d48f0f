import { z } from 'zod';
import type { Faults, Path } from '../faults.js';

/** A column of the file: by its name in the header row, or by number from 1. */
export type ColumnRef = string | number;

export interface ColumnScope {
  /** Whether files have a header row. */
  readonly header: boolean;
  readonly faults: Faults;
}

export const COLUMN = z.union([z.string().min(1), z.int().min(1).max(1_000)], {
  error: 'the name of a column, or its number from 1',
});

/** Notes a fault when a column goes by a number where there are names, or the other way round. */
export function checkColumn(column: ColumnRef, path: Path, { header, faults }: ColumnScope): void {
  if (header && typeof column === 'number') {
    faults.add(path, `column ${column}: with a header row columns go by name`);
  }
  if (!header && typeof column === 'string') {
    faults.add(path, `column "${column}": without a header row columns go by number, from 1`);
  }
}
