import { addDecimals, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { NewExigoOrder, ShownNewOrder } from '../../core/new-order.js';
import type { CallFields } from '../../queue/ledger/shadow-calls.js';

/** What a new order in Exigo carries and shows again, without whose it is. Pure. */
export function orderFields(order: NewExigoOrder): CallFields {
  return {
    currencyCode: order.currency.toLowerCase(),
    warehouseID: String(order.warehouseId),
    shipMethodID: String(order.shipMethodId),
    shippingTotal: amount(order.shipping ?? '0'),
    items: itemsOf(order.lines),
  };
}

/** The same of an order that somebody else has made, with its number. Pure. */
export function shownFields(order: ShownNewOrder): CallFields {
  const text = (id: number | null) => (id === null ? null : String(id));
  return {
    orderID: String(order.orderId),
    currencyCode: order.currency?.toLowerCase() ?? null,
    warehouseID: text(order.warehouseId),
    shipMethodID: text(order.shipMethodId),
    shippingTotal: order.shipping === null ? null : amount(order.shipping),
    items: itemsOf(order.lines),
  };
}

/** The fields that differ, among those that both have. Pure. */
export function differingFields(ours: CallFields, theirs: CallFields): string[] {
  return Object.keys(ours).filter((name) => {
    const shown = theirs[name];
    return shown !== undefined && shown !== null && shown !== ours[name];
  });
}

/** By item and price: how they are spread over lines is nobody's business. */
function itemsOf(lines: ShownNewOrder['lines']): string {
  const pieces = new Map<string, string>();
  for (const { itemCode, quantity, priceEach } of lines) {
    const item = `${itemCode ?? '?'} at ${amount(priceEach ?? '?')}`;
    pieces.set(item, sum(pieces.get(item) ?? '0', quantity ?? '1'));
  }
  return [...pieces]
    .map(([item, quantity]) => `${amount(quantity)} x ${item}`)
    .sort()
    .join(', ');
}

function sum(one: string, other: string): string {
  const [a, b] = [parseDecimal(one), parseDecimal(other)];
  return a === null || b === null ? `${one} + ${other}` : formatDecimal(addDecimals(a, b));
}

/** `2.00` and `2` are one amount. */
function amount(text: string): string {
  const value = parseDecimal(text);
  if (value === null) return text;
  const plain = formatDecimal(value);
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}
