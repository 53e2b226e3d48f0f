import { DAY } from '../../core/clock.js';
import type { ParcelPolicy } from '../../core/confirmation.js';
import {
  type Collected,
  MOST_TRACKING_NUMBERS,
  type SaidRow,
  type Shipment,
  type TrackedParcel,
} from '../../core/shipment.js';
import { collectParcels, type Parcel } from './parcels.js';
import {
  asLines,
  codeOf,
  describeLines,
  ordered as orderedOf,
  type Quantities,
  sumOf,
  unitsOf,
  without,
} from './quantities.js';
import { notComing, type Withdrawn } from './withdrawn.js';

/** A shipment that is said later than this after the hand-over is late. */
const LATE_AFTER = 60 * DAY;

/** What all good rows of an order come to, whatever files they came in. Pure. */
export function collectShipment(shipment: Shipment, policy: ParcelPolicy): Collected {
  const rows = shipment.rows.filter(saysSomething);
  const { threePl, lines } = shipment;
  const quantities = lines === null ? null : orderedOf(lines);
  const strange = quantities === null ? undefined : rows.find((row) => isOfNoLine(row, quantities));
  if (strange !== undefined) {
    return contradiction(
      'ITEM_NOT_OF_ORDER',
      `${placeOf(strange)}: item ${strange.itemCode} is not one that ${threePl} was given for this order`,
    );
  }
  const shippedRows = rows.filter(({ answer }) => answer === 'shipped');
  const parcels = collectParcels(shippedRows, quantities);
  if ('tooMuch' in parcels) return tooMuch(shipment, parcels.tooMuch);
  const left = sumOf(parcels.map(({ cover }) => cover));
  const missing = quantities === null ? null : without(quantities, left);
  const gone = notComing(rows, quantities, missing, parcels.length > 0);
  if ('row' in gone) return contradictionOf(gone, threePl);
  const refused = refusal(rows);
  if (parcels.length === 0) return nothingShipped(rows, missing, gone, refused, shipment);
  const last = shippedRows.at(-1);
  if (refused !== null && last !== undefined && refused.fileId > last.fileId) {
    return contradiction(
      'SHIPPED_AND_REFUSED',
      `${placeOf(refused)} refuses it (${wordsOf(refused)}), but ${placeOf(last)} says that it was shipped`,
    );
  }
  const open = missing === null ? new Map<string, bigint>() : without(missing, gone.short);
  if (open.size > 0) return waiting(open, shipment);
  return shipped(shipment, parcels, gone, policy);
}

function saysSomething({ repeats, answer, itemCode, quantity }: SaidRow): boolean {
  if (repeats) return false;
  const counts = answer === 'shipped' || answer === 'short' || answer === 'canceled';
  return !counts || itemCode === null || quantity === null || unitsOf(quantity) > 0n;
}

function isOfNoLine({ itemCode, answer }: SaidRow, quantities: Quantities): boolean {
  return itemCode !== null && answer !== 'returned' && !quantities.has(codeOf(itemCode));
}

/** The last answer to the hand-over, where it is a refusal. */
function refusal(rows: readonly SaidRow[]): SaidRow | null {
  const last = rows.findLast(({ answer }) => answer === 'accepted' || answer === 'rejected');
  return last?.answer === 'rejected' ? last : null;
}

function nothingShipped(
  rows: readonly SaidRow[],
  missing: Quantities | null,
  gone: Withdrawn,
  refused: SaidRow | null,
  shipment: Shipment,
): Collected {
  const open = missing === null ? null : without(missing, gone.short);
  const [why] = gone.rows;
  if (why !== undefined && (gone.whole || open?.size === 0)) {
    return { says: 'canceled', reason: `${placeOf(why)}: ${wordsOf(why)}` };
  }
  if (refused !== null) return { says: 'refused', reason: `${placeOf(refused)}: ${wordsOf(refused)}` };
  if (why !== undefined && open !== null) return waiting(open, shipment);
  const accepted = rows.findLast(({ answer }) => answer === 'accepted');
  if (accepted === undefined) return { says: 'nothing', reason: 'nothing about its shipment' };
  return { says: 'accepted', reason: `${placeOf(accepted)}: ${shipment.threePl} has it` };
}

function waiting(open: Quantities, { lines, threePl }: Shipment): Collected {
  const missing = asLines(open, lines ?? []);
  return {
    says: 'waiting',
    missing,
    reason: `${threePl} has not said yet what became of ${describeLines(missing)}; it goes on when a file does`,
  };
}

function shipped(
  { threePl, lines, handedOverAt, shipMethodId }: Shipment,
  parcels: readonly Parcel[],
  gone: Withdrawn,
  policy: ParcelPolicy,
): Collected {
  const tracked = parcels.filter(({ tracking }) => tracking.length > 0);
  const told = policy === 'joined' ? tracked : policy === 'first' ? tracked.slice(0, 1) : tracked.slice(-1);
  const of = told.at(-1);
  if (of === undefined) {
    const [first] = parcels.flatMap(({ rows }) => rows);
    const where = first === undefined ? threePl : placeOf(first);
    return contradiction(
      'NO_TRACKING',
      `${where}: it was shipped, but without a tracking number; it goes on when a file has one, or set it to Shipped in Exigo`,
    );
  }
  const numbers = numbersOf(told);
  const method = told
    .flatMap(({ rows }) => rows.map((row) => row.shipMethodId))
    .findLast((id) => id !== null);
  const receivedAt = Math.max(...of.rows.map((row) => row.receivedAt));
  return {
    says: 'shipped',
    notice: {
      threePl,
      tracking: numbers.slice(0, MOST_TRACKING_NUMBERS),
      shipMethodId: method === undefined || method === shipMethodId ? null : method,
      shippedAt: shippedAt(of, handedOverAt),
    },
    short: asLines(gone.short, lines ?? []),
    lateByMs: receivedAt - handedOverAt > LATE_AFTER ? receivedAt - handedOverAt : null,
    leftOut: numbers.slice(MOST_TRACKING_NUMBERS).map(({ number }) => number),
  };
}

function numbersOf(parcels: readonly Parcel[]): TrackedParcel[] {
  const found = new Map<string, string | null>();
  for (const { rows, tracking } of parcels) {
    const carrier = rows.find((row) => row.carrier !== null)?.carrier ?? null;
    for (const number of tracking) found.set(number, found.get(number) ?? carrier);
  }
  return [...found].map(([number, carrier]) => ({ number, carrier }));
}

/** A date without a time is completed so that it lies neither before the hand-over nor after its file came. */
function shippedAt({ rows }: Parcel, handedOverAt: number): number {
  const row = rows.findLast(({ happened }) => happened !== null) ?? rows[0];
  if (row === undefined) return handedOverAt;
  const { happened, receivedAt } = row;
  const at = Math.min(happened?.at ?? receivedAt, receivedAt);
  return happened?.bare === false ? at : Math.max(at, Math.min(handedOverAt, receivedAt));
}

function tooMuch({ lines, threePl }: Shipment, rows: readonly SaidRow[]): Collected {
  const given = describeLines(asLines(orderedOf(lines ?? []), lines ?? []));
  const [row] = rows;
  return contradiction(
    'MORE_THAN_ORDERED',
    `${row === undefined ? threePl : placeOf(row)}: with it more was shipped than ${threePl} was given (${given}), and it is no correction of one earlier parcel`,
  );
}

function contradictionOf(gone: Exclude<ReturnType<typeof notComing>, Withdrawn>, threePl: string): Collected {
  const what = gone.row.answer === 'canceled' ? 'canceled' : 'short';
  const code = what === 'canceled' ? 'SHIPPED_AND_CANCELED' : 'MORE_THAN_ORDERED';
  return contradiction(
    code,
    `${placeOf(gone.row)}: ${what} (${wordsOf(gone.row)}), but ${threePl} says, too, that it was shipped`,
  );
}

function contradiction(code: string, reason: string): Collected {
  return { says: 'contradiction', code, reason };
}

/** `ATL_SHIP_7.csv line 17`. */
export function placeOf({ file, line }: SaidRow): string {
  return `${file} line ${line}`;
}

function wordsOf({ reason, answer }: SaidRow): string {
  return reason ?? `${answer}, without a reason`;
}
