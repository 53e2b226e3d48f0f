/**
 * What must not compile in a pipeline file. Each line under a `@ts-expect-error` is such a mistake: were it
 * to compile, `npm run types` would fail.
 */
import {
  columnOf,
  definePipeline,
  exclude,
  exigoQueue,
  exigoStatus,
  load,
  type Order,
  tableCsv,
  threePlFile,
} from '../../src/index.js';

const handOver = [threePlFile({ step: 'hand-over' })];

/** The form of a right one, so that the mistakes below fail for what they are. */
export const right = definePipeline({
  name: 'right',
  source: exigoQueue({ aggregate: 'order' }),
  transform(order, { route }) {
    const gift: string | null = order.row.Other11;
    if (order.lines.some((line) => line.ItemCode === 'VOID') || gift === 'x') return exclude('VOID');
    if (order.customer?.Email === null || columnOf(order.row, 'OfALaterVersion') === 1) return exclude('X');
    return route(order);
  },
  load: [
    threePlFile({ step: 'hand-over' }),
    exigoStatus({ step: 'printed', to: 'Printed', after: 'hand-over' }),
  ],
});

export const columns = definePipeline({
  name: 'columns',
  source: exigoQueue({ aggregate: 'order' }),
  transform(order, { route }) {
    // @ts-expect-error a misspelt column of the order
    if (order.row.WarehouseId === 1) return exclude('A');
    // @ts-expect-error a misspelt column of a line
    if (order.lines[0]?.ItemCod === 'A') return exclude('B');
    // @ts-expect-error a misspelt column of a payment
    if (order.payments[0]?.Ammount === '1') return exclude('C');
    // @ts-expect-error the customer may not have arrived
    if (order.customer.Email === '') return exclude('D');
    // @ts-expect-error a status that Exigo does not have
    if (order.status === 'Acepted') return exclude('E');
    // @ts-expect-error money is text, never a number
    if (order.row.Total > 100) return exclude('F');
    // @ts-expect-error a frozen order is not altered
    order.row.City = 'Reno';
    return route(order);
  },
  load: handOver,
});

export const verdicts = [
  definePipeline({
    name: 'no-verdict',
    source: exigoQueue({ aggregate: 'order' }),
    // @ts-expect-error an order without a verdict would be lost
    transform(order: Order) {
      if (order.status === 'Accepted') return load();
    },
    load: handOver,
  }),
  definePipeline({
    name: 'tables',
    source: exigoQueue({ aggregate: 'table' }),
    // @ts-expect-error a table has no status
    transform: (table) => (table.status === 'Accepted' ? load() : exclude('A')),
    load: [tableCsv({ step: 'table-csv' })],
  }),
];

export const steps = [
  // @ts-expect-error a misspelt key of a step
  threePlFile({ stepp: 'hand-over' }),
  // @ts-expect-error a status that no step sets
  exigoStatus({ step: 'printed', to: 'Canceled', after: 'hand-over' }),
  // @ts-expect-error a source that there is not
  exigoQueue({ aggregate: 'customer' }),
];

export const keys = definePipeline({
  name: 'keys',
  source: exigoQueue({ aggregate: 'order' }),
  // @ts-expect-error a misspelt key of the definition
  trasform: () => load(),
  load: handOver,
});
