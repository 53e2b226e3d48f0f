import { type Decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import { columnOf, type Order } from '../../core/order.js';
import type { MappedReturn, ReturnLine, ReturnPlan } from '../../core/returned.js';
import type { SaidRow } from '../../core/shipment.js';
import { codeOf, describeLines, describeUnits, ordered, unitsOf } from '../shipments/quantities.js';

/** Notes of an order in Exigo are for people: more would help nobody. */
const MOST_NOTES = 500;

/**
 * The return order of what came back, by the order as it was handed over: its prices and volumes line by line, with
 * quantities below zero. What an order as a whole had off is no field of CreateOrder, so such an order is a person's.
 * Pure.
 */
export function returnOrderOf(order: Order, plan: ReturnPlan): MappedReturn {
  const { row } = order;
  const { rules, goods, threePl } = plan;
  if (!isZero(row.DiscountTotal) || !isZero(row.DiscountPercent)) {
    return {
      code: 'RETURN_DISCOUNTED',
      reason: `${describeLines(goods)} came back to ${threePl}, and the order had a discount as a whole (${row.DiscountTotal ?? '0'}), which CreateOrder cannot give back in part; make the return order in Exigo, then release it as ignore`,
    };
  }
  const lines = linesOf(order, plan);
  return {
    order: {
      key: plan.key,
      keyField: rules.keyField,
      returnOrderId: order.id,
      customerId: row.CustomerID,
      status: rules.status,
      orderedAt: happenedAt(plan.rows),
      currency: row.CurrencyCode ?? '',
      warehouseId: rules.warehouse ?? row.WarehouseID,
      shipMethodId: rules.shipMethod ?? row.ShipMethodID,
      priceType: rules.priceType ?? row.PriceTypeID,
      shipTo: {
        firstName: row.FirstName ?? '',
        lastName: row.LastName ?? '',
        company: textOf(row.Company),
        address1: row.Address1 ?? '',
        address2: textOf(row.Address2),
        city: row.City ?? '',
        state: textOf(row.State),
        zip: row.Zip ?? '',
        country: row.Country ?? '',
        phone: textOf(row.Phone),
      },
      email: textOf(row.Email),
      lines,
      shipping: rules.shipping === 'refund' && plan.whole ? negative(row.ShippingTotal) : '0',
      tax: isZero(row.TaxTotal) ? 'none' : 'calculated',
      notes: notesOf(plan),
    },
  };
}

/** Line by line in the order's own order: what came back before is passed over, what comes back now is taken. */
function linesOf(order: Order, { goods, before }: ReturnPlan): ReturnLine[] {
  const passed = new Map(ordered(before));
  const wanted = new Map(ordered(goods));
  const lines: ReturnLine[] = [];
  for (const line of order.lines) {
    const code = codeOf(line.ItemCode ?? '');
    let units = unitsOf(line.Quantity ?? '0');
    const skip = min(passed.get(code) ?? 0n, units);
    passed.set(code, (passed.get(code) ?? 0n) - skip);
    units -= skip;
    const taken = min(wanted.get(code) ?? 0n, units);
    if (taken <= 0n) continue;
    wanted.set(code, (wanted.get(code) ?? 0n) - taken);
    lines.push({
      itemCode: line.ItemCode ?? '',
      quantity: `-${describeUnits(taken)}`,
      priceEach: line.PriceEach ?? '0',
      businessVolumeEach: decimalOf(columnOf(line, 'BusinessVolumeEach')),
      commissionableVolumeEach: decimalOf(columnOf(line, 'CommissionableVolumeEach')),
      description: textOf(line.ItemDescription),
    });
  }
  return lines;
}

function notesOf({ threePl, goods, rows }: ReturnPlan): string {
  const words = [...new Set(rows.flatMap(({ reason }) => reason ?? []))];
  const files = [...new Set(rows.map(({ file }) => file))].join(', ');
  const why = words.length === 0 ? '' : ` (${words.join('; ')})`;
  return `Came back to ${threePl}: ${describeLines(goods)}${why}; ${files}`.slice(0, MOST_NOTES);
}

/** When it came back, as far as the 3PL says; never after its file came. */
function happenedAt(rows: readonly SaidRow[]): number {
  return Math.max(
    ...rows.map(({ happened, receivedAt }) => Math.min(happened?.at ?? receivedAt, receivedAt)),
  );
}

function negative(amount: string | null): string {
  const value: Decimal = parseDecimal(amount ?? '0') ?? { units: 0n, scale: 0 };
  return formatDecimal({ ...value, units: -value.units });
}

function isZero(amount: string | null): boolean {
  return (parseDecimal(amount ?? '0')?.units ?? 0n) === 0n;
}

function decimalOf(value: unknown): string | null {
  return typeof value === 'string' && parseDecimal(value) !== null ? value : null;
}

function textOf(value: string | null): string | null {
  return value === null || value === '' ? null : value;
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
