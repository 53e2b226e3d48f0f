import { DateTime } from 'luxon';
import { compareText, type OlistFiles, rowsOf } from './files.js';
import { isOfMarketplace } from './market-part.js';

/** The sets after a cut, by order number. */
export interface ExpectedSets {
  /** Handed to a 3PL at this cut or an earlier one; all of them were set to Printed in the same run. */
  readonly handedOver: ReadonlySet<number>;
  /** Lines of the orders handed over. */
  readonly lines: number;
  /** Accepted without their lines, or canceled after the hand-over: a person or another event is awaited. */
  readonly held: ReadonlySet<number>;
  /** By OrderStatusID, for the statuses that the run or the 3PL changes: 4, 8 and 9. */
  readonly canceled: ReadonlySet<number>;
  readonly printed: ReadonlySet<number>;
  readonly shipped: ReadonlySet<number>;
  /** Sold on the marketplace, taken into Exigo and acknowledged. */
  readonly sales: ReadonlySet<number>;
  /** Of these, reported Shipped, with the ship time where the files give one to the minute. */
  readonly reportedShipped: ReadonlyMap<number, number | null>;
  readonly reportedCanceled: ReadonlySet<number>;
}

/** When each thing happens to an order; null: never. Instants, ms. */
export interface ExpectedLife {
  readonly number: number;
  readonly lines: number;
  readonly sale: boolean;
  readonly accepted: number | null;
  readonly complete: number | null;
  readonly handedOver: number | null;
  readonly shipped: number | null;
  readonly canceled: number | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'America/Chicago';

/**
 * What must be true after every cut, from the files and the table in the sample's README alone. On purpose
 * this shares nothing with the product, nor with how the replay plays the events: each order's dates follow
 * from one another in closed form, no clock runs. `cuts` ascending, instants. `withMarketplace`: a part of the orders is
 * sold by one; they are Accepted by whoever takes them, with the first cut after their approval.
 */
export function expectedLives(
  files: OlistFiles,
  cuts: readonly number[],
  withMarketplace = false,
): ExpectedLife[] {
  const lineCounts = new Map<string, number>();
  for (const { order_id } of rowsOf<'order_id'>(files.items)) {
    lineCounts.set(order_id, (lineCounts.get(order_id) ?? 0) + 1);
  }
  return rowsOf<
    | 'order_id'
    | 'order_status'
    | 'order_purchase_timestamp'
    | 'order_approved_at'
    | 'order_delivered_carrier_date'
  >(files.orders)
    .map((row) => ({ row, purchased: localTime(row.order_purchase_timestamp) as number }))
    .sort((a, b) => a.purchased - b.purchased || compareText(a.row.order_id, b.row.order_id))
    .map(({ row, purchased }, index) => {
      const number = index + 1;
      const lines = lineCounts.get(row.order_id) ?? 0;
      const cancels = row.order_status === 'canceled' ? purchased + 36 * HOUR : null;
      const written = row.order_status === 'unavailable' ? null : localTime(row.order_approved_at);
      // In the hour that autumn repeats an approval can read earlier than its purchase.
      const approved = written === null ? null : Math.max(written, purchased);
      // Approved at or after the cancellation: no cut ever shows the order as Accepted.
      const accepted = approved === null || notAfter(cancels, approved) ? null : approved;
      const late = accepted === null ? null : accepted + 25 * HOUR;
      const arrives = number % 50 === 0 ? late : purchased;
      const complete = lines === 0 ? null : arrives;

      const sale =
        withMarketplace &&
        isOfMarketplace(row.order_id) &&
        row.order_status !== 'unavailable' &&
        accepted !== null &&
        lines > 0 &&
        number % 50 !== 0;

      const ready = accepted === null || complete === null ? null : Math.max(accepted, complete);
      const firstCut = ready === null ? null : (cuts.find((cut) => cut >= ready) ?? null);
      // Canceled exactly at the cut is canceled when the run sees it.
      const handedOver = firstCut === null || notAfter(cancels, firstCut) ? null : firstCut;

      const carrier = localTime(row.order_delivered_carrier_date);
      const ships = handedOver === null || carrier === null ? null : Math.max(carrier, handedOver + MINUTE);
      const shipped = ships === null || notAfter(cancels, ships) ? null : ships;
      // A sale that was canceled before anybody took it is not in Exigo.
      const canceled = shipped === null && !(sale && handedOver === null) ? cancels : null;
      return { number, lines, sale, accepted, complete, handedOver, shipped, canceled };
    });
}

export function expectedSets(lives: readonly ExpectedLife[], cut: number): ExpectedSets {
  const handedOver = new Set<number>();
  const held = new Set<number>();
  const canceled = new Set<number>();
  const printed = new Set<number>();
  const shipped = new Set<number>();
  const sales = new Set<number>();
  const reportedShipped = new Map<number, number | null>();
  const reportedCanceled = new Set<number>();
  let lines = 0;
  for (const life of lives) {
    const isHandedOver = notAfter(life.handedOver, cut);
    const isShipped = notAfter(life.shipped, cut);
    const isCanceled = notAfter(life.canceled, cut);
    const isIncomplete = notAfter(life.accepted, cut) && !notAfter(life.complete, cut);
    if (isHandedOver) {
      handedOver.add(life.number);
      lines += life.lines;
    }
    if (isShipped) shipped.add(life.number);
    if (isCanceled) canceled.add(life.number);
    if (isHandedOver && !isShipped && !isCanceled) printed.add(life.number);
    if (isCanceled ? isHandedOver : isIncomplete) held.add(life.number);
    if (!life.sale) continue;
    if (isHandedOver) sales.add(life.number);
    if (isShipped) reportedShipped.set(life.number, isMidnight(life.shipped) ? null : life.shipped);
    if (isCanceled) reportedCanceled.add(life.number);
  }
  return {
    handedOver,
    lines,
    held,
    canceled,
    printed,
    shipped,
    sales,
    reportedShipped,
    reportedCanceled,
  };
}

/** Midnights (instants) of the tenant from the first to the last day, both `yyyy-MM-dd`, both included. */
export function dailyCuts(first: string, last: string): number[] {
  const cuts: number[] = [];
  const end = DateTime.fromISO(last, { zone: ZONE });
  for (let day = DateTime.fromISO(first, { zone: ZONE }); day <= end; day = day.plus({ days: 1 })) {
    cuts.push(day.toMillis());
  }
  return cuts;
}

/** Midnight reads as a date without a time. */
function isMidnight(time: number | null): boolean {
  if (time === null) return false;
  const { hour, minute } = DateTime.fromMillis(time, { zone: ZONE });
  return hour === 0 && minute === 0;
}

/** Whether the event has happened by the time; one that never happens has not. */
function notAfter(event: number | null, time: number): boolean {
  return event !== null && event <= time;
}

function localTime(text: string): number | null {
  const match = /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/.exec(text);
  if (match === null) return null;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  return DateTime.fromObject({ year, month, day, hour, minute }, { zone: ZONE }).toMillis();
}
