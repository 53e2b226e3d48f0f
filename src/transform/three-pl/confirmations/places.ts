import { NotReadable } from '../../../core/confirmation.js';
import { didYouMean } from '../../../core/text.js';
import { cleanText } from '../text-cell.js';
import { columnsOf } from './columns.js';
import type { FileRecord } from './records.js';
import type { Places } from './row.js';
import type { ConfirmationKind } from './section.js';

/** Where the columns are in the records of a file. */
export interface Layout {
  readonly places: Places;
  /** Fewest cells of a row. */
  readonly least: number;
  /** Most cells of a row. */
  readonly most: number;
  /** The header as it stands; null without one. */
  readonly header: string | null;
}

const MOST_SHOWN = 300;

/** Columns by number: what comes after the last that is read is not looked at. */
export function numberPlaces({ columns, records }: ConfirmationKind): Layout {
  const numbers = [
    ...columnsOf(columns).map(([, column]) => Number(column)),
    ...(records === null ? [] : [Number(records.column)]),
  ];
  return {
    places: (column) => Number(column) - 1,
    least: Math.max(...numbers),
    most: Number.MAX_SAFE_INTEGER,
    header: null,
  };
}

/** Columns by the names in the header; capitals and spaces around a name do not count. */
export function headerPlaces({ columns, records, format }: ConfirmationKind, header: FileRecord): Layout {
  const names = header.fields.map((field) => cleanText(field, 'space'));
  const known = names.map((name) => name.toLowerCase());
  const needed = new Set([
    ...columnsOf(columns).map(([, column]) => String(column)),
    ...(records === null ? [] : [String(records.column)]),
  ]);
  const faults: string[] = [];
  for (const name of needed) {
    const at = known.indexOf(name.trim().toLowerCase());
    if (at < 0) faults.push(`there is no column "${name}"${didYouMean(name, names)}`);
    else if (known.indexOf(name.trim().toLowerCase(), at + 1) >= 0) {
      faults.push(`column "${name}" is there twice`);
    }
  }
  if (faults.length > 0) {
    const shown = JSON.stringify(cleanText(header.raw.slice(0, MOST_SHOWN), 'space'));
    const alone =
      names.length === 1
        ? `, with one column only: is the delimiter ${JSON.stringify(format.delimiter)}?`
        : '';
    throw new NotReadable(
      'MISSING_COLUMN',
      `${faults.join('; ')} (its header, line ${header.line}, is ${shown}${alone})`,
    );
  }
  const places = new Map([...needed].map((name) => [name, known.indexOf(name.trim().toLowerCase())]));
  return {
    places: (column) => places.get(String(column)) ?? -1,
    least: header.fields.length,
    most: header.fields.length,
    header: header.raw,
  };
}
