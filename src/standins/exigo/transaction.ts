import type { Clock } from '../../core/clock.js';
import {
  addDecimals,
  type Decimal,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  rescale,
} from '../../core/decimal.js';
import { ORDER_TYPES, statusId, statusName } from '../../core/exigo.js';
import { toExigoText } from '../../core/time.js';
import type { Database, Parameters, Session, Value } from '../../db/database.js';
import { putRows } from '../../db/put-rows.js';
import { sql } from '../../db/sql.js';
import { BadRequest, readDate, readInt, readStatus } from './question.js';
import type { Written } from './writer.js';

export interface TransactionRules {
  /** `refused` (default): a second order with the same ManualOrderKey fails the call. `made`: it is made. */
  readonly duplicateKeys: 'refused' | 'made';
  /** Smallest id that is given out; default: above what is there. */
  readonly firstId?: number | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** ProcessTransaction as it was asked for. */
export interface WantedTransaction {
  readonly customer: Members | null;
  readonly order: Members;
  readonly payments: readonly Members[];
}

/** One whose ids are given out; its rows stand once it is written. */
export interface PlannedTransaction {
  readonly wanted: WantedTransaction;
  readonly orderId: number;
  readonly customerId: number;
  readonly paymentId: number;
}

const RETURN = ORDER_TYPES.indexOf('ReturnOrder');

const ZERO: Decimal = { units: 0n, scale: 4 };

/** Reads the body; BadRequest when it holds no order, or something that is not known here. */
export function readTransaction(body: Members): WantedTransaction | BadRequest {
  const list = lower(body).transactionrequests;
  if (!Array.isArray(list)) return new BadRequest('transactionRequests is missing');
  let customer: Members | null = null;
  let order: Members | null = null;
  const payments: Members[] = [];
  for (const one of list) {
    const { typename, request } = lower(one);
    const members = lower(request);
    if (typename === 'CreateCustomerRequest') customer = members;
    else if (typename === 'CreateOrderRequest') order = members;
    else if (typename === 'CreatePaymentRequest') payments.push(members);
    else return new BadRequest(`typeName "${String(typename)}" is not known`);
  }
  return order === null ? new BadRequest('there is no CreateOrderRequest') : { customer, order, payments };
}

/** Makes customers, orders and payments in the tables that the sync database shows: all of a call or nothing. */
export class TransactionWriter {
  private readonly given: Record<'order' | 'customer' | 'payment', number>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly rules: TransactionRules,
  ) {
    const before = (rules.firstId ?? 1) - 1;
    this.given = { order: before, customer: before, payment: before };
  }

  /** Gives out ids, so that an answer can name them before the effect shows. */
  async plan(wanted: WantedTransaction): Promise<PlannedTransaction> {
    const row = await this.database.get<Record<string, number | null>>(
      sql(this.database.engine, 'standin/greatest_ids'),
    );
    const next = (kind: keyof typeof this.given, count: number) => {
      const from = Math.max(row?.[`${kind}_id`] ?? 0, this.given[kind]) + 1;
      this.given[kind] = from + count - 1;
      return from;
    };
    return {
      wanted,
      orderId: next('order', 1),
      customerId: wanted.customer === null ? (readInt(wanted.order.customerid) ?? 0) : next('customer', 1),
      paymentId: next('payment', Math.max(1, wanted.payments.length)),
    };
  }

  async check(planned: PlannedTransaction): Promise<Written> {
    return { errors: await this.errorsOf(this.database, planned), changes: [] };
  }

  async write(planned: PlannedTransaction): Promise<Written> {
    return this.database.transaction(async (session) => {
      const errors = await this.errorsOf(session, planned);
      if (errors.length > 0) return { errors, changes: [] };
      await this.insert(session, planned);
      const to = statusName(statusOf(planned.wanted.order));
      return { errors, changes: [{ orderId: planned.orderId, from: 'nothing', to }] };
    });
  }

  private async errorsOf(session: Session, { wanted, customerId }: PlannedTransaction): Promise<string[]> {
    const errors: string[] = [];
    const { order } = wanted;
    for (const name of [
      'currencycode',
      'warehouseid',
      'shipmethodid',
      'pricetype',
      'orderdate',
      'orderstatus',
    ]) {
      if (order[name] === undefined || order[name] === null) errors.push(`${name} is required`);
    }
    if (customerId === 0) errors.push('customerID is required');
    if (detailsOf(order).length === 0) errors.push('details is missing or empty');
    errors.push(...(await this.returnErrors(session, order)));
    const { manualorderkey: key } = order;
    if (this.rules.duplicateKeys === 'refused' && typeof key === 'string') {
      const states = await session.all(sql(session.engine, 'standin/states_of'), {
        ids: '[]',
        keys: JSON.stringify([key]),
      });
      if (states.length > 0) errors.push(`ManualOrderKey ${key} is in use`);
    }
    return errors;
  }

  /**
   * What the vendor refuses of a return order is not documented. Here it has to name an order that there is, of the same
   * customer, and takes back what that one has, in quantities below zero; no other order has such ones.
   */
  private async returnErrors(session: Session, order: Members): Promise<string[]> {
    const details = detailsOf(order);
    const units = details.map(({ quantity }) => amount(quantity).units);
    if (typeOf(order) !== RETURN) {
      return units.some((one) => one < 0n) ? ['quantity must not be below zero'] : [];
    }
    if (units.some((one) => one >= 0n)) return ['quantity of a ReturnOrder must be below zero'];
    const id = readInt(order.returnorderid);
    if (id === null || id === 0) return ['returnOrderID is required for a ReturnOrder'];
    const [shipped] = await session.all<{ customer_id: number }>(
      sql(session.engine, 'standin/customer_of_order'),
      { order_id: id },
    );
    if (shipped === undefined) return [`returnOrderID ${id} was not found`];
    if (shipped.customer_id !== (readInt(order.customerid) ?? 0)) {
      return [`returnOrderID ${id} is of another customer`];
    }
    const rows = await session.all<{ item_code: string }>(sql(session.engine, 'standin/items_of_order'), {
      order_id: id,
    });
    const items = new Set(rows.map(({ item_code }) => item_code.toUpperCase()));
    return details.flatMap(({ itemcode }) =>
      items.has(text(itemcode).toUpperCase()) ? [] : [`item ${text(itemcode)} is not in order ${id}`],
    );
  }

  private async insert(session: Session, planned: PlannedTransaction): Promise<void> {
    const now = toExigoText(this.clock.now());
    const { wanted, orderId, customerId, paymentId } = planned;
    const { customer, order, payments } = wanted;
    if (customer !== null) await putRows(session, 'Customers', [customerRow(customer, customerId, now)]);
    const lines = detailsOf(order).map((detail, i) => lineRow(detail, orderId, i + 1));
    const subTotal = lines.map(({ total }) => total).reduce(addDecimals, ZERO);
    await putRows(session, 'Orders', [orderRow(order, { orderId, customerId, subTotal, now })]);
    await putRows(
      session,
      'OrderDetails',
      lines.map(({ row }) => row),
    );
    const rows = payments.map((payment, i) => ({
      PaymentID: paymentId + i,
      CustomerID: customerId,
      OrderID: orderId,
      PaymentTypeID: readInt(payment.paymentty) ?? 0,
      PaymentDate: readDate(payment.paymentdate) ?? now,
      Amount: money(amount(payment.amount)),
      CurrencyCode: text(order.currencycode),
      WarehouseID: readInt(order.warehouseid) ?? 0,
      BillingName: text(payment.billingname),
      Memo: text(payment.memo),
      ModifiedDate: now,
    }));
    await putRows(session, 'Payments', rows);
  }
}

function customerRow(customer: Members, id: number, now: string): Parameters {
  return {
    CustomerID: id,
    FirstName: text(customer.firstname),
    LastName: text(customer.lastname),
    Company: text(customer.company),
    CustomerTypeID: readInt(customer.customertype) ?? 0,
    CustomerStatusID: 1,
    Email: text(customer.email),
    Phone: text(customer.phone),
    MainAddress1: text(customer.mainaddress1),
    MainCity: text(customer.maincity),
    MainState: text(customer.mainstate),
    MainZip: text(customer.mainzip),
    MainCountry: text(customer.maincountry),
    CreatedDate: now,
    ModifiedDate: now,
  };
}

function orderRow(
  order: Members,
  made: {
    readonly orderId: number;
    readonly customerId: number;
    readonly subTotal: Decimal;
    readonly now: string;
  },
): Parameters {
  const shipping = amount(order.shippingamountoverride);
  const row: Record<string, Value> = {
    OrderID: made.orderId,
    CustomerID: made.customerId,
    OrderStatusID: statusOf(order),
    OrderDate: readDate(order.orderdate) ?? made.now,
    WarehouseID: readInt(order.warehouseid) ?? 0,
    ShipMethodID: readInt(order.shipmethodid) ?? 0,
    PriceTypeID: readInt(order.pricetype) ?? 0,
    OrderTypeID: typeOf(order),
    ReturnOrderID: readInt(order.returnorderid) ?? null,
    SubTotal: money(made.subTotal),
    ShippingTotal: money(shipping),
    Total: money(addDecimals(made.subTotal, shipping)),
    OrderKey: typeof order.manualorderkey === 'string' ? order.manualorderkey : null,
    CreatedDate: made.now,
    ModifiedDate: made.now,
    CreatedBy: 'API',
    ModifiedBy: 'API',
  };
  const texts =
    'CurrencyCode FirstName LastName Company Address1 Address2 City State Zip Country Email Phone Notes';
  for (const name of texts.split(' ')) row[name] = text(order[name.toLowerCase()]);
  for (let n = 11; n <= 20; n++) {
    const other = order[`other${n}`];
    row[`Other${n}`] = typeof other === 'string' ? other : null;
  }
  return row;
}

function lineRow(detail: Members, orderId: number, line: number): { row: Parameters; total: Decimal } {
  const quantity = amount(detail.quantity);
  const price = amount(detail.priceeachoverride);
  const total = multiplyDecimals(quantity, price);
  const row = {
    OrderID: orderId,
    OrderLine: line,
    ItemID: line,
    ItemCode: text(detail.itemcode),
    ItemDescription: text(detail.descriptionoverride),
    Quantity: money(quantity),
    PriceEach: money(price),
    PriceTotal: money(total),
    Reference1: text(detail.reference1),
  };
  return { row, total };
}

/** APIOrder, or as it says. */
function typeOf({ ordertype }: Members): number {
  const id = (ORDER_TYPES as readonly unknown[]).indexOf(ordertype);
  return id < 0 ? 11 : id;
}

function statusOf(order: Members): number {
  return readStatus(order.orderstatus) ?? statusId('Pending');
}

function detailsOf(order: Members): Members[] {
  return Array.isArray(order.details) ? order.details.map(lower) : [];
}

function amount(value: unknown): Decimal {
  return parseDecimal(String(value ?? '0')) ?? ZERO;
}

function money(value: Decimal): string {
  return formatDecimal(rescale(value, 4));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function lower(value: unknown): Members {
  const entries = Object.entries(Object(value) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, member]) => [key.toLowerCase(), member]));
}
