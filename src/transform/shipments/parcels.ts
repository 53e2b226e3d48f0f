import type { SaidRow } from '../../core/shipment.js';
import {
  add,
  codeOf,
  fitsInto,
  type Quantities,
  sameQuantities,
  sumOf,
  unitsOf,
  without,
} from './quantities.js';

/** What one file says left under the same tracking numbers. */
export interface Parcel {
  readonly rows: readonly SaidRow[];
  readonly fileId: number;
  readonly tracking: readonly string[];
  /** What is in it; empty where it adds nothing to what the others account for. */
  readonly cover: Quantities;
  /** Where it stands among the parcels: when it left, or else when its file came. */
  readonly sort: readonly [at: number, fileId: number, line: number];
}

/** Rows whose parcels do not go with those before and with what was ordered. */
export interface TooMuch {
  readonly tooMuch: readonly SaidRow[];
}

/**
 * The parcels of an order, file by file, each file once. What a later file says of the same goods in place of an earlier
 * one is a correction: it takes its place. `ordered` null: not known, every parcel counts.
 */
export function collectParcels(
  shipped: readonly SaidRow[],
  ordered: Quantities | null,
): readonly Parcel[] | TooMuch {
  let parcels: readonly Parcel[] = [];
  for (const rows of byFile(shipped)) {
    const after = addFile(parcels, rows, ordered);
    if (after === null) return { tooMuch: rows };
    parcels = after;
  }
  return [...parcels].sort((a, b) => compare(a.sort, b.sort));
}

/** The parcels with those of one more file; null when they do not go together. */
function addFile(
  before: readonly Parcel[],
  rows: readonly SaidRow[],
  ordered: Quantities | null,
): readonly Parcel[] | null {
  let all = before;
  const more: Parcel[] = [];
  for (const parcel of parcelsOf(rows, before, ordered)) {
    const same = before.find((one) => isSaidAgain(parcel, one));
    if (same === undefined) more.push(parcel);
    else all = replace(all, [same], [parcel]);
  }
  if (ordered === null || fitsInto(sumOf([...all, ...more].map(({ cover }) => cover)), ordered)) {
    return [...all, ...more];
  }
  const corrected = correctionOf(before, more);
  if (corrected !== null) return replace(all, corrected, more);
  // Not the file as a whole: parcel by parcel.
  for (const parcel of more) {
    const like = all.filter((one) => one.fileId !== parcel.fileId && sameQuantities(one.cover, parcel.cover));
    const fits = fitsInto(sumOf([...all, parcel].map(({ cover }) => cover)), ordered);
    if (!fits && like.length !== 1) return null;
    all = fits ? [...all, parcel] : replace(all, like, [parcel]);
  }
  return all;
}

/** What a file stands in for as a whole: the parcels of the one earlier file with the same goods, or all of them. */
function correctionOf(before: readonly Parcel[], more: readonly Parcel[]): readonly Parcel[] | null {
  const goods = sumOf(more.map(({ cover }) => cover));
  const isSame = (parcels: readonly Parcel[]) =>
    sameQuantities(sumOf(parcels.map(({ cover }) => cover)), goods);
  const files = [...new Set(before.map(({ fileId }) => fileId))]
    .map((fileId) => before.filter((parcel) => parcel.fileId === fileId))
    .filter(isSame);
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  return files.length === 0 && isSame(before) ? before : null;
}

/** The same parcel with the same goods in a later file: dates or a carrier may be better known by now. */
function isSaidAgain(parcel: Parcel, one: Parcel): boolean {
  return (
    one.fileId !== parcel.fileId &&
    parcel.tracking.length > 0 &&
    sameNumbers(one.tracking, parcel.tracking) &&
    sameQuantities(one.cover, parcel.cover)
  );
}

/** Parcels that take the place of others stand where those stood. */
function replace(
  all: readonly Parcel[],
  gone: readonly Parcel[],
  come: readonly Parcel[],
): readonly Parcel[] {
  const stood = come.map((parcel, i) => ({ ...parcel, sort: (gone[i] ?? gone.at(-1) ?? parcel).sort }));
  return [...all.filter((parcel) => !gone.includes(parcel)), ...stood];
}

/** The parcels of one file. Rows without a quantity take what is left of their line, or of the order. */
function parcelsOf(
  rows: readonly SaidRow[],
  before: readonly Parcel[],
  ordered: Quantities | null,
): Parcel[] {
  const earlier = sumOf(before.map(({ cover }) => cover));
  const parcels: Parcel[] = [];
  for (const own of byTracking(rows)) {
    const here = sumOf(parcels.map(({ cover }) => cover));
    const cover = new Map<string, bigint>();
    for (const row of own) {
      if (row.quantity !== null && row.itemCode !== null)
        add(cover, codeOf(row.itemCode), unitsOf(row.quantity));
    }
    if (ordered !== null) {
      for (const row of own) {
        if (row.quantity !== null && row.itemCode !== null) continue;
        for (const [code, units] of restOf(row, ordered, earlier, sumOf([here, cover])))
          add(cover, code, units);
      }
    }
    const [first] = own;
    if (first === undefined) continue;
    const { fileId, line, happened, receivedAt, tracking } = first;
    parcels.push({
      rows: own,
      fileId,
      tracking,
      cover,
      sort: [Math.min(happened?.at ?? receivedAt, receivedAt), fileId, line],
    });
  }
  return parcels;
}

/**
 * What a row without a quantity stands for: what is missing; when earlier files have accounted for all of it, all of it
 * once more (a correction); when this file itself has, nothing (a further parcel of the same goods).
 */
function restOf(row: SaidRow, ordered: Quantities, earlier: Quantities, here: Quantities): Quantities {
  const own = new Map(
    [...ordered].filter(([code]) => row.itemCode === null || code === codeOf(row.itemCode)),
  );
  const left = without(without(own, earlier), here);
  if (left.size > 0) return left;
  const accounted = [...own.keys()].some((code) => here.has(code));
  return accounted ? new Map() : own;
}

function byFile(rows: readonly SaidRow[]): readonly (readonly SaidRow[])[] {
  return groups(rows, ({ fileId }) => String(fileId));
}

function byTracking(rows: readonly SaidRow[]): readonly (readonly SaidRow[])[] {
  return groups(rows, ({ tracking }) => JSON.stringify(tracking));
}

function groups(rows: readonly SaidRow[], keyOf: (row: SaidRow) => string): readonly (readonly SaidRow[])[] {
  const found = new Map<string, SaidRow[]>();
  for (const row of rows) {
    const known = found.get(keyOf(row));
    if (known === undefined) found.set(keyOf(row), [row]);
    else known.push(row);
  }
  return [...found.values()];
}

function sameNumbers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((number, i) => number === other[i]);
}

function compare(a: Parcel['sort'], b: Parcel['sort']): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
