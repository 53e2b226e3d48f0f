import { basename } from 'node:path';
import { DateTime, IANAZone } from 'luxon';
import type { AdoptedLine, ReadAdoption } from '../core/adoption.js';
import { UsageError } from '../core/errors.js';
import { didYouMean } from '../core/text.js';
import { csvRecords } from './csv-records.js';

/** The columns of the list, by their names in lower case. */
const COLUMNS = {
  orderid: 'OrderID',
  '3pl': '3PL',
  reference: 'Reference',
  handedover: 'HandedOver',
  store: 'Store',
  ordernumber: 'OrderNumber',
} as const;
type Column = keyof typeof COLUMNS;

/** A reference that a column takes. */
const MOST_CHARACTERS = 200;

export interface AdoptionRules {
  /** For lines without a 3PL of their own. */
  readonly threePl: string | null;
  /** Of times that name none. */
  readonly zone: string | null;
  /** Instant in ms: nothing was handed over after it. */
  readonly now: number;
  /** Names of the configuration. */
  readonly threePls: readonly string[];
  readonly stores: readonly string[];
}

/**
 * The lines of a list of adopted orders. Throws UsageError for a list as a whole: without a header, without OrderID, with a
 * column that is there twice.
 */
export async function* readAdoptions(
  file: string,
  rules: AdoptionRules,
): AsyncGenerator<ReadAdoption, void, undefined> {
  if (rules.zone !== null && !IANAZone.isValidZone(rules.zone)) {
    throw new UsageError(`--zone ${rules.zone}: no time zone; write it as America/Chicago or UTC`);
  }
  if (rules.threePl !== null) {
    const fault = unknown('3PL', rules.threePl, rules.threePls);
    if (fault !== null) throw new UsageError(`--3pl: ${fault}`);
  }
  let places: ReadonlyMap<Column, number> | null = null;
  for await (const record of csvRecords(file, ',')) {
    if (places === null) {
      if ('broken' in record) throw new UsageError(`${file}: its header cannot be read: ${record.broken}`);
      places = placesOf(file, record.fields);
      continue;
    }
    const { line } = record;
    if ('broken' in record) {
      yield { line, fault: `the line ${record.broken}` };
      continue;
    }
    const at = places;
    const cell = (column: Column) => record.fields[at.get(column) ?? -1]?.trim() ?? '';
    const read = lineOf(line, cell, basename(file), rules);
    yield typeof read === 'string' ? { line, fault: read } : { adopted: read };
  }
  if (places === null) throw new UsageError(`${file} is empty: it needs a header with OrderID`);
}

function placesOf(file: string, header: readonly string[]): ReadonlyMap<Column, number> {
  const places = new Map<Column, number>();
  for (const [place, title] of header.entries()) {
    const name = title.trim().toLowerCase();
    if (!isColumn(name)) continue; // a list may have columns for its own reader
    if (places.has(name)) throw new UsageError(`${file}: its header has ${COLUMNS[name]} twice`);
    places.set(name, place);
  }
  if (!places.has('orderid')) {
    const hint = header.map((title) => didYouMean(title.trim(), ['OrderID'])).some((text) => text !== '');
    throw new UsageError(
      `${file}: its header has no column OrderID${hint ? ', spelled so' : ''}; columns are ${Object.values(COLUMNS).join(', ')}, separated by commas`,
    );
  }
  return places;
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}

/** The line, or what is wrong with it. */
function lineOf(
  line: number,
  cell: (column: Column) => string,
  file: string,
  rules: AdoptionRules,
): AdoptedLine | string {
  const [id, store, orderNumber] = [cell('orderid'), cell('store'), cell('ordernumber')];
  if (!/^[1-9]\d{0,9}$/.test(id) || Number(id) >= 2 ** 31)
    return `OrderID ${shown(id)} is no order id of Exigo`;
  const threePl = cell('3pl') === '' ? rules.threePl : cell('3pl');
  const fault = threePl === null ? null : unknown('3PL', threePl, rules.threePls);
  if (fault !== null) return fault;
  if ((store === '') !== (orderNumber === ''))
    return 'Store and OrderNumber go together, one of them is empty';
  if (threePl === null && store === '') {
    return 'it says neither which 3PL has the order (column 3PL, or --3pl) nor which marketplace order it is';
  }
  const unknownStore = store === '' ? null : unknown('store of GoDataFeed', store, rules.stores);
  if (unknownStore !== null) return unknownStore;
  if (/["\\\p{Cc}]/u.test(orderNumber) || orderNumber.length > 100)
    return `OrderNumber ${shown(orderNumber)} is no number`;
  const reference = cell('reference') === '' ? file : cell('reference');
  if (reference.length > MOST_CHARACTERS) return `Reference is longer than ${MOST_CHARACTERS} characters`;
  const handedOverAt = cell('handedover') === '' ? null : instantOf(cell('handedover'), rules);
  if (typeof handedOverAt === 'string') return handedOverAt;
  const market = store === '' ? null : { store, orderNumber };
  return { line, orderId: Number(id), threePl, reference, handedOverAt, market };
}

function unknown(what: string, name: string, names: readonly string[]): string | null {
  if (names.includes(name)) return null;
  return `no ${what} ${shown(name)} in the configuration${didYouMean(name, names)}`;
}

/** `2026-03-11T12:00:00-05:00`, `2026-03-11 12:00`, `2026-03-11`. */
function instantOf(text: string, { zone, now }: AdoptionRules): number | string {
  const iso = text.replace(' ', 'T');
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(iso) && iso.includes('T');
  if (!zoned && zone === null) {
    return `HandedOver ${shown(text)} names no zone: write it as 2026-03-11T12:00:00-05:00, or give --zone`;
  }
  const time = DateTime.fromISO(iso, { zone: zone ?? 'utc' });
  if (!time.isValid) return `HandedOver ${shown(text)} is no time: write it as 2026-03-11T12:00:00-05:00`;
  if (time.toMillis() > now) return `HandedOver ${shown(text)} is in the future`;
  return time.toMillis();
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
