import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { FileContext, ThreePl } from '../../../src/core/hand-over.js';
import { makeOrder, type Order } from '../../../src/core/order.js';
import { makeThreePl, parseTemplate } from '../../../src/transform/three-pl/index.js';

export type Cells = Readonly<Record<string, string | number | Uint8Array | null>>;

interface OrderParts {
  readonly row?: Cells;
  readonly lines?: readonly Cells[];
  readonly payments?: readonly Cells[];
  readonly customer?: Cells | null;
}

const ROW: Cells = {
  OrderID: 1001,
  CustomerID: 501,
  OrderStatusID: 7,
  OrderTypeID: 2,
  OrderDate: '2026-11-20 23:30:00.000',
  CurrencyCode: 'USD',
  WarehouseID: 1,
  ShipMethodID: 3,
  FirstName: 'Ada',
  MiddleName: '',
  LastName: 'Byron',
  NameSuffix: '',
  Company: '',
  Address1: '12 Mill Lane',
  Address2: '',
  Address3: '',
  City: 'Dallas',
  State: 'TX',
  Zip: '01234',
  Country: 'US',
  Email: 'ada@example.test',
  Phone: '+1 214 555 0100',
  Notes: '',
  SubTotal: '25.0000',
  Total: '31.5000',
};

const LINE: Cells = {
  OrderLine: 1,
  ItemCode: 'A-1',
  ItemDescription: 'Green tea',
  Quantity: '2.0000',
  PriceEach: '12.5000',
  PriceTotal: '25.0000',
  WeightEach: '0.2500',
  ParentItemID: null,
};

/** An order with everything a template needs; the parts given replace the usual cells. */
export function sampleOrder({
  row = {},
  lines = [{}],
  payments = [],
  customer = null,
}: OrderParts = {}): Order {
  return makeOrder(
    1,
    { ...ROW, ...row } as unknown as Order['row'],
    lines.map((line, i) => ({ ...LINE, OrderLine: i + 1, ...line })) as unknown as Order['lines'],
    payments as unknown as Order['payments'],
    customer as unknown as Order['customer'],
  );
}

type Section = Readonly<Record<string, unknown>>;

/** A template with one column per line row; the sections given are put over it, `file` key by key. */
export function templateValue({ file, ...sections }: Section = {}): Section {
  return {
    name: 'test',
    routes: [{ when: {} }],
    delivery: { folder: 'out' },
    file: { name: 'T_{number}.csv', ...(file as Section | undefined) },
    row: 'line',
    columns: [{ name: 'ORDER', from: 'order.OrderID' }],
    ...sections,
  };
}

export function threePl(sections: Section = {}): ThreePl {
  return makeThreePl(parseTemplate(templateValue(sections), 'test.yaml'), '/base');
}

/** One column named C over one order: what its cell says. */
export function cellOf(column: Section, parts: OrderParts = {}, file: Section = {}): string | undefined {
  const sections = { file, columns: [{ name: 'C', ...column }] };
  return threePl(sections).render(sampleOrder(parts))[0]?.C;
}

export const CONTEXT: FileContext = { number: 7, plannedAt: Date.UTC(2026, 10, 21, 4, 5, 6) };

export function fileBytes(target: ThreePl, orders: readonly Order[], context: FileContext = CONTEXT): Buffer {
  const encoder = target.open(context);
  return Buffer.concat([encoder.head(), encoder.orders(orders).bytes]);
}

/** The lines of a ConfigurationError, without the first. */
export function faultsOf(sections: Section): string[] {
  try {
    parseTemplate(templateValue(sections), 'test.yaml');
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

/** The 3PL of `config/3pl/<name>.yaml`. */
export function example(name: string): ThreePl {
  const file = new URL(`../../../config/3pl/${name}.yaml`, import.meta.url);
  return makeThreePl(parseTemplate(parse(readFileSync(file, 'utf8')), name), '/srv/config');
}
