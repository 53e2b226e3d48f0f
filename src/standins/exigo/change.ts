import { ORDER_STATUSES } from '../../core/exigo.js';
import type { Value } from '../../db/database.js';
import type { JournalEntry } from './journal.js';
import { BadRequest, readDate, readInt, readStatus } from './question.js';

/** One order of a mutating call with the columns it sets. */
export interface OrderChange {
  readonly orderId: number | null;
  readonly orderKey: string | null;
  readonly columns: Readonly<Record<string, Value>>;
}

/** `OrderShipCarrier` by name; the tables hold the id (exigo.md section 3.4). */
const CARRIERS: Readonly<Record<string, number>> = {
  fedex: 2,
  ups: 3,
  purolator: 4,
  canadapostregular: 5,
  canadapostexpress: 6,
  dhl: 20,
  usps: 23,
  estafeta: 24,
  royalmail: 25,
  glshungary: 27,
  postennorway: 28,
  landmarkglobal: 29,
  gdex: 45,
};

type Reader = (value: unknown) => Value | null;

const carrier: Reader = (value) =>
  CARRIERS[String(value).toLowerCase()] ?? Object.values(CARRIERS).find((id) => id === value) ?? null;

const TRACKING = fields('trackingNumber1 trackingNumber2 trackingNumber3 trackingNumber4 trackingNumber5');

const BATCH_FIELDS: ReadonlyMap<string, readonly [string, Reader]> = new Map([
  ...TRACKING,
  ['shippeddate', ['ShippedDate', readDate]],
]);

const UPDATE_FIELDS: ReadonlyMap<string, readonly [string, Reader]> = new Map([
  ...BATCH_FIELDS,
  ...fields('other11 other12 other13 other14 other15 other16 other17 other18 other19 other20'),
  ...fields('firstName middleName lastName nameSuffix company address1 address2 address3 city state zip'),
  ...fields('country county email phone notes pickupName'),
  ['webcarrierid', ['WebCarrierID1', carrier]],
  ['webcarrierid1', ['WebCarrierID1', carrier]],
  ['webcarrierid2', ['WebCarrierID2', carrier]],
  ['webcarrierid3', ['WebCarrierID3', carrier]],
  ['webcarrierid4', ['WebCarrierID4', carrier]],
  ['webcarrierid5', ['WebCarrierID5', carrier]],
  ['shipmethodid', ['ShipMethodID', readInt]],
  ['warehouseid', ['WarehouseID', readInt]],
  ['ordersubstatusty', ['OrderSubStatusID', readInt]],
  ['orderstatus', ['OrderStatusID', readStatus]],
  ['lockeddate', ['LockedDate', readDate]],
  ['orderdate', ['OrderDate', readDate]],
]);

/** What a mutating call wants done, order by order; BadRequest when the body cannot be read. */
export function readChanges(
  operation: JournalEntry['operation'],
  body: Readonly<Record<string, unknown>>,
): OrderChange[] | BadRequest {
  const values = lowerCaseKeys(body);
  if (operation === 'UpdateOrder') return collect([readOrder(values, UPDATE_FIELDS, {})]);
  const wanted = values.orderstatus ?? values.orderstatusty;
  const status = readStatus(wanted);
  if (status === null) {
    return new BadRequest(
      `orderStatus "${String(wanted)}" is unknown; it is one of ${ORDER_STATUSES.join(', ')}`,
    );
  }
  const columns = { OrderStatusID: status };
  if (operation === 'ChangeOrderStatus') return collect([readOrder(values, new Map(), columns)]);
  const { details } = values;
  if (!Array.isArray(details) || details.length === 0) return new BadRequest('details is missing or empty');
  return collect(details.map((detail) => readOrder(lowerCaseKeys(detail), BATCH_FIELDS, columns)));
}

function readOrder(
  values: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, readonly [string, Reader]>,
  columns: Readonly<Record<string, Value>>,
): OrderChange | BadRequest {
  const orderId = values.orderid ? readInt(values.orderid) : null;
  const orderKey = typeof values.orderkey === 'string' && values.orderkey !== '' ? values.orderkey : null;
  if (orderId === null && orderKey === null) return new BadRequest('orderID is missing');
  if (orderId !== null && orderKey !== null) {
    return new BadRequest('orderID and orderKey cannot both be given');
  }
  const set: Record<string, Value> = { ...columns };
  for (const [name, value] of Object.entries(values)) {
    const field = known.get(name);
    if (field === undefined || value === null) continue;
    const [column, read] = field;
    const found = read(value);
    if (found === null) return new BadRequest(`${name} "${String(value)}" cannot be read`);
    set[column] = found;
  }
  return { orderId, orderKey, columns: set };
}

function collect(changes: readonly (OrderChange | BadRequest)[]): OrderChange[] | BadRequest {
  const good: OrderChange[] = [];
  for (const change of changes) {
    if (change instanceof BadRequest) return change;
    good.push(change);
  }
  return good;
}

function lowerCaseKeys(body: unknown): Record<string, unknown> {
  const entries = Object.entries(Object(body) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), value]));
}

/** Text fields that have the column's name with a small first letter. */
function fields(names: string): [string, [string, Reader]][] {
  return names
    .split(' ')
    .map((name) => [name.toLowerCase(), [name.charAt(0).toUpperCase() + name.slice(1), String]]);
}
