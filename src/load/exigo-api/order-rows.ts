import { API_TABLES, type ApiOrder, type ApiRow, type ApiTable } from '../../core/api-orders.js';
import { formatDecimal, parseDecimal, rescale } from '../../core/decimal.js';
import { ORDER_STATUSES, ORDER_TYPES } from '../../core/exigo.js';
import { QUEUE_TABLES } from '../../core/exigo-tables.js';
import { isObject, type Json, type JsonObject } from '../../http/json.js';
import { amountOf, centralText, integerOf, statusOf } from './values.js';

/** What a reply shows and a row cannot hold as it is; the message names order and field. */
export class UnreadableOrder extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableOrder';
  }
}

/** Names of a reply, in small letters, whose column is called otherwise (exigo.md sections 2.4, 2.5, 2.12, 2.13, 4.3). */
const NAMES: Readonly<Record<ApiTable, Readonly<Record<string, string>>>> = {
  Orders: {
    orderstatus: 'OrderStatusID',
    ordertyid: 'OrderTypeID',
    ordertype: 'OrderTypeID',
    pricetype: 'PriceTypeID',
    ordersubstatusty: 'OrderSubStatusID',
    transfertoid: 'TransferToCustomerID',
  },
  OrderDetails: { description: 'ItemDescription', businesvolume: 'BusinessVolume' },
  Payments: {
    paymenttypeid: 'PaymentTypeID',
    creditcardtype: 'CreditCardTypeID',
    creditcardnumberdisplay: 'CreditCardNumber',
    bankname: 'CheckBankName',
    wallettty: 'WalletTypeID',
    walletty: 'WalletTypeID',
    billingzip: 'BillingZipAddress',
  },
  Customers: {
    customertype: 'CustomerTypeID',
    customerstatus: 'CustomerStatusID',
    salestaxid: 'SalesTaxCode',
    mainaddressverified: 'MainVerified',
    mailaddressverified: 'MailVerified',
    otheraddressverified: 'OtherVerified',
    issubscribedtobroadcasts: 'IsEmailSubscribed',
  },
};

/** A column of this type that the sync database has; none: a field this product has never heard of. */
interface Known {
  readonly column: string;
  readonly type: string;
}

const KNOWN = new Map(API_TABLES.map((table) => [table, knownOf(table)]));

/** By the names of replies as they are written; null for a name that no column has. Grows by names that come in other cases. */
function knownOf(table: ApiTable): Map<string, Known | null> {
  const columns = Object.entries<string>(QUEUE_TABLES[table].columns);
  const own = columns.map(([column, type]) => [column.toLowerCase(), { column, type }] as const);
  const byName = new Map<string, Known | null>(own);
  for (const [name, column] of Object.entries(NAMES[table])) {
    const type = columns.find(([one]) => one === column)?.[1] ?? 'nvarchar';
    byName.set(name, { column, type });
  }
  return byName;
}

/** Names that are remembered: a server whose names never end must not fill the memory. */
const MOST_NAMES = 2_000;

function columnOf(table: ApiTable, name: string): Known | null {
  const names = KNOWN.get(table) ?? knownOf(table);
  const found = names.get(name);
  if (found !== undefined) return found;
  const known = names.get(name.toLowerCase()) ?? null;
  if (names.size < MOST_NAMES) names.set(name, known);
  return known;
}

/** Money in the sync database has four digits after the point. */
const DIGITS = 4;
/** Longest text of a column that is not `max`. */
const MOST_CHARACTERS = 4_000;

/**
 * One order of a GetOrders reply as the rows that the sync database would have of it: its column names, ids for names,
 * money as exact text with four digits, dates in US Central. Fields without a column there keep their own name, and
 * their text. What the API does not show is not made up, with two exceptions that rules rest on: ParentItemID of a kit
 * component is the line of its kit (the API names item codes alone), and ModifiedDate of a payment is its PaymentDate.
 * Throws {@link UnreadableOrder} where a value would be lost or changed.
 */
export function orderRows(json: Json): ApiOrder {
  const order = readRow('Orders', json, 'an order');
  const orderId = order.OrderID;
  if (typeof orderId !== 'number') throw new UnreadableOrder('an order came without an orderID');
  const about = `order ${orderId}`;
  const { OrderStatusID, ModifiedDate } = order;
  if (typeof OrderStatusID !== 'number') throw new UnreadableOrder(`${about} came without a status`);
  if (typeof ModifiedDate !== 'string') throw new UnreadableOrder(`${about} came without a modifiedDate`);
  for (const name of ['OrderTypeID', 'SubTotal', 'CustomerID'] as const) {
    if (order[name] == null) throw new UnreadableOrder(`${about} came without ${name}`);
  }
  const { details, payments, customer } = json as JsonObject;
  return {
    orderId,
    statusId: OrderStatusID,
    modifiedAt: ModifiedDate,
    rows: {
      Orders: [order],
      OrderDetails: lineRows(listed(details, `${about}: details`), orderId),
      Payments: listed(payments, `${about}: payments`).map((one) => paymentRow(one, order, about)),
      Customers: customerRows(customer),
    },
  };
}

function lineRows(details: readonly Json[], orderId: number): ApiRow[] {
  const about = `order ${orderId}`;
  const rows = details.map((one, i) => {
    const row = readRow('OrderDetails', one, about);
    return { ...row, OrderID: orderId, OrderLine: row.OrderLine ?? i + 1 };
  });
  const lines = new Set(rows.map((row) => row.OrderLine));
  if (lines.size < rows.length) throw new UnreadableOrder(`${about} has two lines of one number`);
  return rows.map((row): ApiRow => {
    const kit = (row as ApiRow).ParentItemCode;
    if (typeof kit !== 'string' || kit === '') return row;
    const parent = rows.find((one) => (one as ApiRow).ItemCode === kit && !(one as ApiRow).ParentItemCode);
    return { ...row, ParentItemID: parent?.OrderLine ?? row.OrderLine };
  });
}

function paymentRow(json: Json, order: ApiRow, about: string): ApiRow {
  const row = readRow('Payments', json, about);
  if (typeof row.PaymentID !== 'number') {
    throw new UnreadableOrder(`${about} has a payment without a paymentID`);
  }
  const stamp = row.ModifiedDate ?? row.PaymentDate ?? order.ModifiedDate ?? null;
  return { ...row, OrderID: order.OrderID ?? null, ModifiedDate: stamp };
}

/** A customer is read for what templates print, so a field of it that cannot be read is left empty. */
function customerRows(json: Json | undefined): ApiRow[] {
  if (!isObject(json)) return [];
  const row = readRow('Customers', json, null);
  if (typeof row.CustomerID !== 'number') return [];
  return [{ ...row, ModifiedDate: row.ModifiedDate ?? row.CreatedDate ?? '1900-01-01 00:00:00.000' }];
}

/** `about`: whose it is; null leaves what cannot be read empty. */
function readRow(table: ApiTable, json: Json, about: string | null): Record<string, string | number | null> {
  const row: Record<string, string | number | null> = {};
  if (!isObject(json))
    throw new UnreadableOrder(`${about ?? table}: ${table} holds something else than rows`);
  const named = idOf(json);
  for (const [name, value] of Object.entries(json)) {
    if (typeof value === 'object' && value !== null) continue;
    const known = columnOf(table, name);
    const column = known?.column ?? upperFirst(name);
    const read = known === null ? text(value) : readValue(known, value);
    if (read === undefined && about !== null) {
      throw new UnreadableOrder(`${named ?? about}: ${name} "${String(value)}" does not fit ${column}`);
    }
    // Two fields of one column, one of them empty: `orderType` of older replies beside `orderTyID`.
    if (row[column] == null) row[column] = read ?? null;
  }
  return row;
}

function idOf(json: JsonObject): string | null {
  const id = integerOf(json.orderID);
  return id === null ? null : `order ${id}`;
}

/** Undefined: the column cannot hold it as it is. */
function readValue({ column, type }: Known, value: Json): string | number | null | undefined {
  if (value === null) return null;
  if (column === 'OrderStatusID') return position(ORDER_STATUSES, statusOf(value), value);
  if (column === 'OrderTypeID') return position(ORDER_TYPES, value, value);
  if (column === 'Gender') return text(value)?.slice(0, 1) ?? null;
  if (type.startsWith('int')) return value === '' ? null : (integerOf(value) ?? undefined);
  if (type.startsWith('bit')) return bit(value);
  if (type.startsWith('money')) return money(value);
  if (type.startsWith('datetime')) return centralText(value);
  const found = text(value);
  return found !== null && found.length > MOST_CHARACTERS && !type.includes('max') ? undefined : found;
}

function position(names: readonly string[], name: unknown, value: Json): number | undefined {
  const id = integerOf(value);
  if (id !== null) return id;
  const index = names.findIndex((one) => one.toLowerCase() === String(name).toLowerCase());
  return index < 0 ? undefined : index;
}

function bit(value: Json): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const known = { true: 1, false: 0, '1': 1, '0': 0 } as const;
  return known[String(value).toLowerCase() as keyof typeof known];
}

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.(\d{1,4}))?$/;

function money(value: Json): string | undefined {
  const plain = PLAIN.exec(String(value));
  if (plain !== null) {
    const digits = plain[1]?.length ?? 0;
    return Number(value) === 0
      ? '0.0000'
      : `${value}${digits === 0 ? '.' : ''}${'0'.repeat(DIGITS - digits)}`;
  }
  const decimal = parseDecimal(amountOf(value) ?? '');
  if (decimal === null) return undefined;
  const kept = rescale(decimal, DIGITS);
  const same = decimal.scale <= DIGITS || rescale(kept, decimal.scale).units === decimal.units;
  return same ? formatDecimal(kept) : undefined;
}

function listed(value: Json | undefined, about: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new UnreadableOrder(`${about} is no list`);
  return value as readonly Json[];
}

function text(value: Json): string | null {
  return value === null ? null : String(value);
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
