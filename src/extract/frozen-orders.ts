import { statusName, typeName } from '../core/exigo.js';
import type {
  CustomersRow,
  OrderDetailsRow,
  OrdersRow,
  PaymentsRow,
  QueueTable,
} from '../core/exigo-tables.js';
import type { Order } from '../core/order.js';
import { ColumnNotFetched, type OrderKey, type OrderReader } from '../core/sources.js';
import type { Session, Statement } from '../db/database.js';
import { sql, sqlWithColumns } from '../db/sql.js';
import { ColumnsInUse, positionOf } from './frozen-rows.js';

/** What every order is judged by. */
const ALWAYS = ['OrderID', 'CustomerID', 'OrderStatusID', 'OrderTypeID', 'SubTotal', 'settled'];
const LINES_ALWAYS = ['OrderLine', 'PriceTotal'];

type Joined = 'OrderDetails' | 'Payments' | 'Customers';

const JOINED: Readonly<Record<Joined, string>> = {
  OrderDetails: 'extract/order_details',
  Payments: 'extract/payments',
  Customers: 'extract/customers',
};

/** Reads the orders of change sets from the frozen tables. */
export function frozenOrders(session: Session): OrderReader {
  return new FrozenOrders(session);
}

class FrozenOrders implements OrderReader {
  private readonly columns: Readonly<Record<'Orders' | Joined, ColumnsInUse>> = {
    Orders: new ColumnsInUse('Orders', ALWAYS),
    OrderDetails: new ColumnsInUse('OrderDetails', LINES_ALWAYS),
    Payments: new ColumnsInUse('Payments', []),
    Customers: new ColumnsInUse('Customers', []),
  };

  constructor(private readonly session: Session) {}

  async ids(changeSetId: number, after: number, limit: number): Promise<number[]> {
    const rows = await this.session.rows(sql(this.session.engine, 'extract/order_ids'), {
      change_set_id: changeSetId,
      after,
      limit,
    });
    return rows.map(([id]) => Number(id));
  }

  async read<T>(keys: readonly OrderKey[], work: (orders: readonly Order[]) => T): Promise<T> {
    for (;;) {
      const orders = await this.fetch(keys);
      try {
        return work(orders);
      } catch (error) {
        if (!(error instanceof ColumnNotFetched)) throw error;
        this.columns[error.table as 'Orders' | Joined].add(error.column);
      }
    }
  }

  private async fetch(keys: readonly OrderKey[]): Promise<FrozenOrder[]> {
    if (keys.length === 0) return [];
    const list = JSON.stringify(keys.map(({ changeSetId, orderId }, i) => [i, changeSetId, orderId]));
    const { list: columns, rows } = await this.columns.Orders.current(this.session);
    const found = await this.session.rows(this.statement('extract/orders', columns), { keys: list });
    const byPosition: (FrozenOrder | undefined)[] = [];
    for (const values of found) {
      const position = positionOf(values);
      const changeSetId = keys[position]?.changeSetId ?? -1;
      byPosition[position] = new FrozenOrder(changeSetId, new rows(values) as OrdersRow);
    }
    const orders = byPosition.filter((order) => order !== undefined);

    await this.join('OrderDetails', list, (i, row) => byPosition[i]?.addLine(row as OrderDetailsRow));
    for (const order of orders) order.linesFetched();
    if (this.columns.Payments.isUsed) {
      for (const order of orders) order.paymentsFetched();
      await this.join('Payments', list, (i, row) => byPosition[i]?.payments.push(row as PaymentsRow));
    }
    if (this.columns.Customers.isUsed) {
      for (const order of orders) order.setCustomer(null);
      await this.join('Customers', list, (i, row) => byPosition[i]?.setCustomer(row as CustomersRow));
    }
    return orders;
  }

  private async join(
    table: Joined,
    list: string,
    add: (position: number, row: object) => void,
  ): Promise<void> {
    const { list: columns, rows } = await this.columns[table].current(this.session);
    const found = await this.session.rows(this.statement(JOINED[table], columns), { keys: list });
    for (const values of found) add(positionOf(values), new rows(values));
  }

  private statement(name: string, columns: string): Statement {
    return sqlWithColumns(this.session.engine, name, { columns });
  }
}

class FrozenOrder implements Order {
  readonly id: number;
  readonly status: Order['status'];
  readonly type: Order['type'];
  readonly lines: OrderDetailsRow[] = [];
  private fetchedPayments: PaymentsRow[] | undefined;
  private fetchedCustomer: CustomersRow | null | undefined;

  constructor(
    readonly changeSetId: number,
    readonly row: OrdersRow,
  ) {
    this.id = row.OrderID;
    this.status = statusName(row.OrderStatusID);
    this.type = typeName(row.OrderTypeID);
  }

  get payments(): PaymentsRow[] {
    return this.fetchedPayments ?? notFetched('Payments', 'PaymentID');
  }

  get customer(): CustomersRow | null {
    return this.fetchedCustomer === undefined ? notFetched('Customers', 'CustomerID') : this.fetchedCustomer;
  }

  addLine(row: OrderDetailsRow): void {
    this.lines.push(row);
  }

  linesFetched(): void {
    Object.freeze(this.lines);
  }

  paymentsFetched(): void {
    this.fetchedPayments = [];
  }

  setCustomer(row: CustomersRow | null): void {
    this.fetchedCustomer = row;
  }
}

function notFetched(table: QueueTable, column: string): never {
  throw new ColumnNotFetched(table, column);
}
