import type { JudgedReturn, Returned } from '../../core/returned.js';
import type { HandedLine, SaidRow, Shipment } from '../../core/shipment.js';
import { placeOf } from '../shipments/collect.js';
import { collectParcels } from '../shipments/parcels.js';
import {
  add,
  asLines,
  codeOf,
  describeLines,
  describeUnits,
  fitsInto,
  ordered,
  type Quantities,
  sumOf,
  unitsOf,
  without,
} from '../shipments/quantities.js';

/**
 * What the rows of one file come to: never more than was shipped, less what came back before. A row without a quantity
 * stands for all that is left of its item, one without an item for all that is left of the order. Pure.
 */
export function judgeReturned(returned: Returned): JudgedReturn {
  const { shipment, threePl } = returned;
  const rows = returned.rows.filter(({ quantity }) => quantity === null || unitsOf(quantity) > 0n);
  const [first] = rows;
  if (first === undefined) return { says: 'nothing', reason: 'nothing that was not taken back before' };
  const { lines } = shipment;
  if (lines === null) return { says: 'not-kept', goods: asStated(rows) };
  const given = ordered(lines);
  const strange = rows.find(({ itemCode }) => itemCode !== null && !given.has(codeOf(itemCode)));
  if (strange !== undefined) {
    return contradiction(
      'ITEM_NOT_OF_ORDER',
      `${placeOf(strange)}: item ${strange.itemCode} came back, and is not one that ${threePl} was given for this order`,
    );
  }
  const shipped = returned.saysShipped ? shippedOf(shipment, given) : given;
  if (shipped.size === 0) {
    return contradiction(
      'RETURN_NOT_SHIPPED',
      `${placeOf(first)}: it came back, and no file of ${threePl} says that it was shipped; it goes on when one does`,
    );
  }
  return takenBack(returned, rows, shipped, given, lines);
}

function takenBack(
  { threePl, before }: Returned,
  rows: readonly SaidRow[],
  shipped: Quantities,
  given: Quantities,
  lines: readonly HandedLine[],
): JudgedReturn {
  const earlier = ordered(before);
  const goods = new Map<string, bigint>();
  for (const row of rows) {
    const left = without(without(shipped, earlier), goods);
    const own =
      row.itemCode === null
        ? left
        : new Map([...left].filter(([code]) => code === codeOf(row.itemCode ?? '')));
    const taken =
      row.itemCode === null || row.quantity === null
        ? own
        : new Map([[codeOf(row.itemCode), unitsOf(row.quantity)]]);
    if (taken.size === 0 || !fitsInto(taken, own)) return tooMuch(threePl, row, own, lines);
    for (const [code, units] of taken) add(goods, code, units);
  }
  const whole = fitsInto(given, sumOf([earlier, goods]));
  return { says: 'returned', goods: asLines(goods, lines), whole };
}

function tooMuch(
  threePl: string,
  row: SaidRow,
  left: Quantities,
  lines: readonly HandedLine[],
): JudgedReturn {
  const what = row.itemCode === null ? 'all of it' : `${row.quantity ?? 'all'} of ${row.itemCode}`;
  const rest = left.size === 0 ? 'nothing of it' : describeLines(asLines(left, lines));
  return contradiction(
    'MORE_THAN_SHIPPED',
    `${placeOf(row)}: ${what} came back, and ${rest} is left of what ${threePl} shipped; it goes on when a file says that more was`,
  );
}

/** What left, by the parcels of all files so far; where they do not go together, nothing did for certain. */
function shippedOf({ rows }: Shipment, given: Quantities): Quantities {
  const shipped = rows.filter(
    ({ answer, repeats, itemCode, quantity }) =>
      answer === 'shipped' &&
      !repeats &&
      (itemCode === null || given.has(codeOf(itemCode))) &&
      (quantity === null || itemCode === null || unitsOf(quantity) > 0n),
  );
  const parcels = collectParcels(shipped, given);
  return 'tooMuch' in parcels ? new Map() : sumOf(parcels.map(({ cover }) => cover));
}

/** As the rows name them; what has no item or no quantity is not known. */
function asStated(rows: readonly SaidRow[]): HandedLine[] {
  return rows.flatMap(({ itemCode, quantity }) =>
    itemCode === null || quantity === null ? [] : [{ itemCode, quantity: describeUnits(unitsOf(quantity)) }],
  );
}

function contradiction(code: string, reason: string): JudgedReturn {
  return { says: 'contradiction', code, reason };
}
