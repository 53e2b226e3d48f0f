import { DAY, HOUR, MINUTE } from '../core/clock.js';
import { addDecimals, type Decimal, formatDecimal, parseDecimal, rescale } from '../core/decimal.js';
import { InvariantError } from '../core/errors.js';
import { statusId } from '../core/exigo.js';
import { toExigoText } from '../core/time.js';
import type { Value } from '../db/database.js';
import { CUSTOMERS, ITEMS, type SampleOrder, SHIP_METHODS, WAREHOUSES } from './sample-tenant-data.js';

type Row = Record<string, Value>;

const SHIPPING = '6.90';
const SHOPPING_CART = 2;
const CREDIT_CARD = 1;
const SHIPPED = statusId('Shipped');

/** The row of dbo.Orders; totals follow from the lines. */
export function orderRow(now: number, id: number, order: SampleOrder, lines: readonly Row[]): Row {
  const customer = customerOf(order.customer);
  const [Address1, Address2] = customer.address;
  const [City, State, Zip, Country] = customer.place;
  const SubTotal = sum(lines.map((line) => line.PriceTotal));
  const ShippingTotal = String(order.row?.ShippingTotal ?? money(SHIPPING));
  const modified = toExigoText(now - order.minutesAgo * MINUTE);
  return {
    OrderID: id,
    CustomerID: order.customer,
    OrderStatusID: order.status ?? statusId('Accepted'),
    OrderTypeID: order.type ?? SHOPPING_CART,
    OrderDate: toExigoText(now - order.minutesAgo * MINUTE - 20 * MINUTE),
    CreatedDate: toExigoText(now - order.minutesAgo * MINUTE - 20 * MINUTE),
    ShippedDate: order.status === SHIPPED ? modified : null,
    ModifiedDate: modified,
    CreatedBy: 'web',
    ModifiedBy: 'web',
    CurrencyCode: customer.currency,
    WarehouseID: order.warehouse,
    ShipMethodID: order.shipMethod,
    PriceTypeID: 1,
    FirstName: customer.name[0],
    LastName: customer.name[1],
    Company: customer.company ?? '',
    Address1,
    Address2,
    City,
    State,
    Zip,
    Country,
    Email: email(order.customer),
    Phone: phone(order.customer),
    Notes: order.notes ?? '',
    SubTotal,
    WeightTotal: sum(lines.map((line) => line.Weight ?? null)),
    OrderKey: `sample-${id}`,
    ...order.row,
    ShippingTotal,
    Total: sum([SubTotal, ShippingTotal]),
  };
}

/** A kit is one line at its price, followed by its components at none, which name it as their parent. */
export function lineRows(orderId: number, order: SampleOrder): Row[] {
  const rows: Row[] = [];
  const add = (code: string, quantity: string, parent: { item: number; line: string } | null) => {
    const item = ITEMS[code];
    if (item === undefined) throw new InvariantError(`the sample tenant has no item ${code}`);
    const OrderDetailID = lineKey(orderId, rows.length + 1);
    const price = parent === null ? item.price : '0';
    rows.push({
      OrderID: orderId,
      OrderLine: rows.length + 1,
      OrderDetailID,
      ParentOrderDetailID: parent?.line ?? null,
      ParentItemID: parent?.item ?? null,
      ItemID: item.id,
      ItemCode: code,
      ItemDescription: item.description,
      Quantity: money(quantity),
      PriceEach: money(price),
      PriceTotal: times(quantity, price),
      WeightEach: money(item.weight),
      Weight: times(quantity, item.weight),
    });
    for (const [component, each] of item.kit ?? []) {
      add(component, times(quantity, each), { item: item.id, line: OrderDetailID });
    }
  };
  for (const [code, quantity] of order.lines) add(code, quantity, null);
  return rows;
}

/** Rows of dbo.Payments. */
export function paymentRows(orderId: number, order: SampleOrder, row: Row): Row[] {
  const payments = order.payments ?? [[CREDIT_CARD, String(row.Total)]];
  return payments.map(([type, amount], index) => ({
    PaymentID: orderId * 10 + index,
    CustomerID: order.customer,
    OrderID: orderId,
    PaymentTypeID: type,
    PaymentDate: row.OrderDate ?? null,
    Amount: money(amount),
    CurrencyCode: row.CurrencyCode ?? null,
    WarehouseID: order.warehouse,
    BillingName: customerOf(order.customer).name.join(' '),
    CreditCardNumber: type === CREDIT_CARD ? '************4242' : null,
    ModifiedDate: row.ModifiedDate ?? null,
  }));
}

/** Rows of dbo.Customers, and of the two tables that some customers have a row in. */
export function customerRows(now: number): {
  readonly customers: readonly Row[];
  readonly accounts: readonly Row[];
  readonly sites: readonly Row[];
} {
  const modified = toExigoText(now - 6 * HOUR);
  const created = toExigoText(now - 90 * DAY);
  const entries = Object.entries(CUSTOMERS).map(([id, customer]) => ({ id: Number(id), customer }));
  return {
    customers: entries.map(({ id, customer }) => ({
      CustomerID: id,
      FirstName: customer.name[0],
      LastName: customer.name[1],
      Company: customer.company ?? '',
      CustomerTypeID: 1,
      CustomerStatusID: 1,
      Email: email(id),
      Phone: phone(id),
      MainAddress1: customer.address[0],
      MainAddress2: customer.address[1],
      MainCity: customer.place[0],
      MainState: customer.place[1],
      MainZip: customer.place[2],
      MainCountry: customer.place[3],
      CurrencyCode: customer.currency,
      CreatedDate: created,
      ModifiedDate: modified,
    })),
    accounts: entries.slice(0, 5).map(({ id, customer }) => ({
      CustomerID: id,
      PrimaryCreditCardDisplay: '************4242',
      PrimaryBillingName: customer.name.join(' '),
      BankAccountNumber: '000000000',
      ModifiedDate: modified,
    })),
    sites: entries.slice(6, 9).map(({ id, customer }) => ({
      CustomerID: id,
      WebAlias: `tea${id}`,
      FirstName: customer.name[0],
      LastName: customer.name[1],
      ModifiedDate: modified,
    })),
  };
}

export function warehouseRows(): Row[] {
  return WAREHOUSES.map(([id, name, street, city, state, zip, country]) => ({
    WarehouseID: id,
    WarehouseDescription: name,
    WarehouseAddress1: street,
    WarehouseCity: city,
    WarehouseState: state,
    WarehouseZip: zip,
    WarehouseCountry: country,
  }));
}

export function shipMethodRows(): Row[] {
  return SHIP_METHODS.map(([id, name, warehouse, carrier]) => ({
    ShipMethodID: id,
    ShipMethodDescription: name,
    WarehouseID: warehouse,
    ShipCarrierID: carrier,
    DisplayOnWeb: 1,
  }));
}

function customerOf(id: number) {
  const customer = CUSTOMERS[id];
  if (customer === undefined) throw new InvariantError(`the sample tenant has no customer ${id}`);
  return customer;
}

const email = (customer: number) => `customer${customer}@example.com`;
/** 555-01xx numbers are kept free for invented people. */
const phone = (customer: number) => `+1 555 01${String(customer).slice(-2)}`;
const lineKey = (order: number, line: number) =>
  `00000000-0000-4000-8000-${String(order * 1000 + line).padStart(12, '0')}`;

function decimal(text: Value | undefined): Decimal {
  const parsed = parseDecimal(String(text));
  if (parsed === null) throw new InvariantError(`the sample tenant has the amount ${String(text)}`);
  return parsed;
}

const money = (text: string) => formatDecimal(rescale(decimal(text), 4));

function times(quantity: string, each: string): string {
  const [a, b] = [decimal(quantity), decimal(each)];
  return formatDecimal(rescale({ units: a.units * b.units, scale: a.scale + b.scale }, 4));
}

function sum(amounts: readonly (Value | undefined)[]): string {
  const total = amounts.map(decimal).reduce(addDecimals, { units: 0n, scale: 4 });
  return formatDecimal(rescale(total, 4));
}
