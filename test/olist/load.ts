import { DateTime } from 'luxon';
import { HOUR } from '../../src/core/clock.js';
import { addDecimals, type Decimal, formatDecimal, parseDecimal, rescale } from '../../src/core/decimal.js';
import { InvariantError } from '../../src/core/errors.js';
import { EXIGO_ZONE, toExigoText } from '../../src/core/time.js';
import type { Value } from '../../src/db/database.js';
import { compareText, type OlistFiles, rowsOf } from './files.js';
import { isOfMarketplace } from './market-part.js';

type Row = Readonly<Record<string, Value>>;

/** A real order as rows of an Exigo tenant, and the times (instants, ms) its life is made of. */
export interface OlistOrder {
  /** OrderID: 1..n by time of purchase, then by the id in the file. */
  readonly number: number;
  /** In the files. */
  readonly id: string;
  /** Comes by way of GoDataFeed: sold on a marketplace, paid, with lines that are there at once, and not unavailable. */
  readonly sale: boolean;
  readonly status: string;
  readonly purchased: number;
  readonly approved: number | null;
  readonly givenToCarrier: number | null;
  /** Without OrderStatusID and ModifiedDate, which its life decides. */
  readonly header: Row;
  readonly customer: Row;
  readonly lines: readonly Row[];
  /** Without ModifiedDate. */
  readonly payments: readonly Row[];
}

/** Orders with a number that it divides have their lines and payments late. */
export const EVERY_LATE = 50;
export const CANCELED_AFTER = 36 * HOUR;

type OrderColumn =
  | 'order_id'
  | 'customer_id'
  | 'order_status'
  | 'order_purchase_timestamp'
  | 'order_approved_at'
  | 'order_delivered_carrier_date';
type ItemColumn = 'order_id' | 'order_item_id' | 'product_id' | 'price' | 'freight_value';
type PaymentColumn = 'pay_pk' | 'order_id' | 'payment_type' | 'payment_value';
type CustomerColumn = 'customer_id' | 'customer_zip_code_prefix' | 'customer_city' | 'customer_state';
type ProductColumn = 'product_pk' | 'product_id' | 'product_category_name';

type File<Column extends string> = Readonly<Record<Column, string>>;

const SHOPPING_CART = 2;
const SHIP_METHOD = 1;
const SOUTH_AND_SOUTH_EAST = new Set(['RJ', 'MG', 'ES', 'PR', 'SC', 'RS']);
const PAYMENT_TYPE: Readonly<Record<string, number>> = {
  credit_card: 1,
  boleto: 9,
  voucher: 3,
  debit_card: 7,
};

/** The tenant the files describe, by order number; `withMarketplace`: a part of the orders is sold by one. */
export function loadOlist(files: OlistFiles, withMarketplace = false): OlistOrder[] {
  const items = groupBy(rowsOf<ItemColumn>(files.items));
  const payments = groupBy(rowsOf<PaymentColumn>(files.payments));
  const customers = byKey(rowsOf<CustomerColumn>(files.customers), 'customer_id');
  const products = byKey(rowsOf<ProductColumn>(files.products), 'product_id');
  const orders = rowsOf<OrderColumn>(files.orders)
    .map((file) => ({ file, purchased: instant(file.order_purchase_timestamp) }))
    .sort((a, b) => a.purchased - b.purchased || compareText(a.file.order_id, b.file.order_id));
  // Customers are numbered on their own: two who bought in the same minute go by their own ids.
  const customerNumbers = new Map<string, number>();
  for (const { file } of [...orders].sort(
    (a, b) => a.purchased - b.purchased || compareText(a.file.customer_id, b.file.customer_id),
  )) {
    if (!customerNumbers.has(file.customer_id))
      customerNumbers.set(file.customer_id, customerNumbers.size + 1);
  }
  return orders.map(({ file, purchased }, index) => {
    const number = index + 1;
    const customer = needed(customers.get(file.customer_id), `customer ${file.customer_id}`);
    const customerId = needed(customerNumbers.get(file.customer_id), `customer ${file.customer_id}`);
    const lines = items.get(file.order_id) ?? [];
    const approved = instantOrNull(file.order_approved_at);
    return {
      number,
      id: file.order_id,
      sale:
        withMarketplace &&
        isOfMarketplace(file.order_id) &&
        lines.length > 0 &&
        maySell(number, file.order_status, purchased, approved),
      status: file.order_status,
      purchased,
      approved,
      givenToCarrier: instantOrNull(file.order_delivered_carrier_date),
      header: headerRow(number, customerId, file, customer, lines),
      customer: customerRow(customerId, purchased, customer),
      lines: lines.map((line) => lineRow(number, line, products)),
      payments: (payments.get(file.order_id) ?? []).map((payment) =>
        paymentRow(number, customerId, purchased, customer, payment),
      ),
    };
  });
}

/** Late rows and orders that never become Accepted stay in the shop: nothing of that kind comes from a marketplace. */
function maySell(number: number, status: string, purchased: number, approved: number | null): boolean {
  if (approved === null || status === 'unavailable' || number % EVERY_LATE === 0) return false;
  return status !== 'canceled' || approved < purchased + CANCELED_AFTER;
}

function headerRow(
  number: number,
  customerId: number,
  file: File<OrderColumn>,
  customer: File<CustomerColumn>,
  lines: readonly File<ItemColumn>[],
): Row {
  const purchased = toExigoText(instant(file.order_purchase_timestamp));
  const subTotal = sum(lines.map((line) => line.price));
  const shipping = sum(lines.map((line) => line.freight_value));
  return {
    OrderID: number,
    CustomerID: customerId,
    OrderTypeID: SHOPPING_CART,
    OrderDate: purchased,
    CreatedDate: purchased,
    CurrencyCode: 'brl',
    WarehouseID: warehouseOf(customer.customer_state),
    ShipMethodID: SHIP_METHOD,
    City: customer.customer_city,
    State: customer.customer_state,
    Zip: customer.customer_zip_code_prefix,
    Country: 'BR',
    SubTotal: subTotal,
    ShippingTotal: shipping,
    Total: sum([subTotal, shipping]),
    Other11: file.order_id,
  };
}

function customerRow(customerId: number, purchased: number, customer: File<CustomerColumn>): Row {
  return {
    CustomerID: customerId,
    MainCity: customer.customer_city,
    MainState: customer.customer_state,
    MainZip: customer.customer_zip_code_prefix,
    MainCountry: 'BR',
    CurrencyCode: 'brl',
    CreatedDate: toExigoText(purchased),
    ModifiedDate: toExigoText(purchased),
  };
}

/** One row of the file is one line, quantity 1: never summed. */
function lineRow(
  number: number,
  line: File<ItemColumn>,
  products: ReadonlyMap<string, File<ProductColumn>>,
): Row {
  const product = needed(products.get(line.product_id), `product ${line.product_id}`);
  return {
    OrderID: number,
    OrderLine: Number(line.order_item_id),
    ItemID: Number(product.product_pk),
    ItemCode: line.product_id.slice(0, 20),
    ItemDescription: product.product_category_name,
    Quantity: '1.0000',
    PriceEach: sum([line.price]),
    PriceTotal: sum([line.price]),
  };
}

function paymentRow(
  number: number,
  customerId: number,
  purchased: number,
  customer: File<CustomerColumn>,
  payment: File<PaymentColumn>,
): Row {
  return {
    PaymentID: Number(payment.pay_pk),
    CustomerID: customerId,
    OrderID: number,
    PaymentTypeID: needed(PAYMENT_TYPE[payment.payment_type], `payment type ${payment.payment_type}`),
    PaymentDate: toExigoText(purchased),
    Amount: sum([payment.payment_value]),
    CurrencyCode: 'brl',
    WarehouseID: warehouseOf(customer.customer_state),
  };
}

function warehouseOf(state: string): number {
  if (state === 'SP') return 1;
  return SOUTH_AND_SOUTH_EAST.has(state) ? 2 : 3;
}

/** `10/2/2017 10:56`, local time of the tenant. */
function instant(text: string): number {
  const parsed = DateTime.fromFormat(text, 'M/d/yyyy H:mm', { zone: EXIGO_ZONE, locale: 'en-US' });
  if (!parsed.isValid) throw new InvariantError(`the sample has the date ${JSON.stringify(text)}`);
  return parsed.toMillis();
}

const instantOrNull = (text: string) => (text === '' ? null : instant(text));

function sum(amounts: readonly string[]): string {
  let total: Decimal = { units: 0n, scale: 4 };
  for (const amount of amounts) total = addDecimals(total, needed(parseDecimal(amount), `amount ${amount}`));
  return formatDecimal(rescale(total, 4));
}

function groupBy<T extends { order_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.order_id);
    if (group === undefined) groups.set(row.order_id, [row]);
    else group.push(row);
  }
  return groups;
}

function byKey<K extends string, T extends Record<K, string>>(rows: readonly T[], key: K): Map<string, T> {
  return new Map(rows.map((row) => [row[key], row]));
}

function needed<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new InvariantError(`the sample lacks ${what}`);
  return value;
}
