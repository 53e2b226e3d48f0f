import type { CatalogueColumn, Database, Parameters, Value } from '../../db/database.js';
import { readableColumns } from '../../db/readable.js';
import { sql, sqlWithColumns } from '../../db/sql.js';
import type { OrdersQuestion } from './question.js';
import { customerEncoder, detailEncoder, type Encoder, orderEncoder, paymentEncoder } from './reply.js';

type Table = (typeof TABLES)[keyof typeof TABLES][0];

interface Encoders {
  readonly catalogue: Readonly<Record<Table, readonly CatalogueColumn[]>>;
  readonly order: Encoder;
  readonly head: Encoder;
  readonly detail: Encoder;
  readonly payment: Encoder;
  readonly customer: Encoder;
}

/** Statements with the table they read and its alias in them. */
const TABLES = {
  orders_page: ['dbo.Orders', 'o'],
  orders_by_ids: ['dbo.Orders', 'o'],
  details_of: ['dbo.OrderDetails', 'd'],
  payments_of: ['dbo.Payments', 'p'],
  customers_of: ['dbo.Customers', 'c'],
} as const;

/** GetOrders on the tables: orders with lines, payments and customer, as JSON text of each. */
export class OrderReader {
  private encoders: Encoders | undefined;

  constructor(
    private readonly database: Database,
    /** Leaves out lines, payments and all amounts: for load tests that read nothing but the status. */
    private readonly headOnly: boolean,
  ) {}

  async read(question: OrdersQuestion): Promise<string[]> {
    const encoders = await this.ready();
    const encoder = this.headOnly ? encoders.head : encoders.order;
    const orders = await this.rows(
      question.ids === null ? 'orders_page' : 'orders_by_ids',
      encoder.columns,
      question.parameters,
    );
    if (this.headOnly) return orders.map((row) => `{${encoder.encode(row)}}`);
    const [orderId, customerId] = [at(encoder, 'OrderID'), at(encoder, 'CustomerID')];
    const ids = JSON.stringify(orders.map((row) => row[orderId]));
    const details = await this.details(ids, question.returnKitDetails);
    const payments = await this.payments(ids);
    const customers = question.returnCustomer
      ? await this.customers(JSON.stringify([...new Set(orders.map((row) => row[customerId]))]))
      : new Map<Value, string>();
    return orders.map((row) => {
      const id = row[orderId] ?? null;
      const customer = customers.get(row[customerId] ?? null) ?? 'null';
      const lists = `"details":[${details.get(id) ?? ''}],"payments":[${payments.get(id) ?? ''}]`;
      return `{${encoder.encode(row)},${lists},"expectedPayments":[],"customer":${customer}}`;
    });
  }

  /** Kit components carry the item code of their kit and are left out unless asked for. */
  private async details(ids: string, withComponents: boolean): Promise<Map<Value, string>> {
    const { detail } = await this.ready();
    const extra = ['OrderID', 'ItemID', 'ParentItemID', 'ItemCode'];
    const rows = await this.rows('details_of', [...extra, ...detail.columns], { ids });
    const codes = new Map(rows.map((row) => [`${row[0]}/${row[1]}`, row[3]]));
    const found = new Map<Value, string>();
    for (const [orderId = null, , parent = null, , ...rest] of rows) {
      if (parent !== null && !withComponents) continue;
      const code = parent === null ? null : (codes.get(`${orderId}/${parent}`) ?? null);
      append(found, orderId, `{${detail.encode(rest)},"parentItemCode":${JSON.stringify(code)}}`);
    }
    return found;
  }

  private async payments(ids: string): Promise<Map<Value, string>> {
    const { payment } = await this.ready();
    const rows = await this.rows('payments_of', payment.columns, { ids });
    const found = new Map<Value, string>();
    const orderId = at(payment, 'OrderID');
    for (const row of rows) append(found, row[orderId] ?? null, `{${payment.encode(row)}}`);
    return found;
  }

  private async customers(ids: string): Promise<Map<Value, string>> {
    const { customer } = await this.ready();
    const rows = await this.rows('customers_of', customer.columns, { ids });
    const customerId = at(customer, 'CustomerID');
    return new Map(rows.map((row) => [row[customerId] ?? null, `{${customer.encode(row)}}`]));
  }

  private async rows(
    name: keyof typeof TABLES,
    columns: readonly string[],
    parameters: Parameters,
  ): Promise<Value[][]> {
    const [table, alias] = TABLES[name];
    const { catalogue } = await this.ready();
    const list = readableColumns(
      this.database.engine,
      alias,
      columns.map((name) => catalogue[table].find((one) => one.name === name) ?? { name, type: '' }),
    );
    const { engine } = this.database;
    const qualifiers = sql(engine, 'standin/qualifiers').text;
    const statement = sqlWithColumns(engine, `standin/${name}`, { columns: list, qualifiers });
    return this.database.rows(statement, parameters);
  }

  private async ready(): Promise<Encoders> {
    this.encoders ??= await this.prepare();
    return this.encoders;
  }

  /** A sync destination may lack columns, so the reply has those that are there. */
  private async prepare(): Promise<Encoders> {
    const catalogue = {
      'dbo.Orders': await this.database.columns('dbo.Orders'),
      'dbo.OrderDetails': await this.database.columns('dbo.OrderDetails'),
      'dbo.Payments': await this.database.columns('dbo.Payments'),
      'dbo.Customers': await this.database.columns('dbo.Customers'),
    };
    const present = (table: Table) => new Set(catalogue[table].map(({ name }) => name));
    return {
      catalogue,
      order: orderEncoder(present('dbo.Orders'), false),
      head: orderEncoder(present('dbo.Orders'), true),
      detail: detailEncoder(present('dbo.OrderDetails')),
      payment: paymentEncoder(present('dbo.Payments')),
      customer: customerEncoder(present('dbo.Customers')),
    };
  }
}

function at(encoder: Encoder, column: string): number {
  return encoder.columns.indexOf(column);
}

function append(map: Map<Value, string>, key: Value, text: string): void {
  const before = map.get(key);
  map.set(key, before === undefined ? text : `${before},${text}`);
}
