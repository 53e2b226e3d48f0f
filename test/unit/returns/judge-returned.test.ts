import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderDetailsRow, OrdersRow } from '../../../src/core/exigo-tables.js';
import { makeOrder } from '../../../src/core/order.js';
import type { Returned, ReturnOrderRules } from '../../../src/core/returned.js';
import type { HandedLine, SaidRow } from '../../../src/core/shipment.js';
import { judgeReturned } from '../../../src/transform/returns/judge-returned.js';
import { returnOrderOf } from '../../../src/transform/returns/return-order.js';
import { unitsOf } from '../../../src/transform/shipments/quantities.js';
import { NOON } from '../../support/house.js';

const RULES: ReturnOrderRules = {
  as: 'return-order',
  status: 'Accepted',
  priceType: null,
  warehouse: null,
  shipMethod: null,
  shipping: 'keep',
  keyField: 'other20',
};

function row(line: number, keys: Partial<SaidRow> = {}): SaidRow {
  return {
    fileId: 1,
    line,
    file: 'RET_1.csv',
    receivedAt: NOON,
    answer: 'returned',
    itemCode: null,
    quantity: null,
    tracking: [],
    carrier: null,
    shipMethodId: null,
    happened: null,
    reason: null,
    repeats: false,
    ...keys,
  };
}

function returnedOf(
  lines: readonly HandedLine[] | null,
  shipped: readonly SaidRow[],
  rows: readonly SaidRow[],
  before: readonly HandedLine[] = [],
): Returned {
  const order = { threePl: 'atlas', orderId: 7 };
  const shipment = { ...order, handedOverAt: NOON, lines, shipMethodId: null, rows: [...shipped, ...rows] };
  return { ...order, rows, shipment, before, saysShipped: true };
}

describe('what came back', () => {
  const lines = [
    { itemCode: 'TEA', quantity: '2.0000' },
    { itemCode: 'CUP', quantity: '1.0000' },
  ];
  const all = [row(2, { answer: 'shipped', tracking: ['1Z'] })];

  it('is noted as it is stated where the lines are not kept any more', () => {
    const judged = judgeReturned(returnedOf(null, [], [row(3, { itemCode: 'TEA', quantity: '1' }), row(4)]));
    expect(judged).toEqual({ says: 'not-kept', goods: [{ itemCode: 'TEA', quantity: '1' }] });
  });

  it('is nothing where every quantity is zero', () => {
    const judged = judgeReturned(returnedOf(lines, all, [row(3, { itemCode: 'TEA', quantity: '0.0' })]));
    expect(judged.says).toBe('nothing');
  });

  it('counts the parcels that a correction left, not the ones before it', () => {
    const shipped = [
      row(2, { answer: 'shipped', itemCode: 'TEA', quantity: '2', tracking: ['A'] }),
      row(3, { answer: 'shipped', itemCode: 'TEA', quantity: '2', tracking: ['B'], fileId: 2 }),
    ];
    const back = row(4, { itemCode: 'TEA', quantity: '3', fileId: 3 });
    expect(judgeReturned(returnedOf(lines, shipped, [back]))).toMatchObject({ code: 'MORE_THAN_SHIPPED' });
  });

  it('does not take a row of all for less than something', () => {
    const before = [
      { itemCode: 'TEA', quantity: '2' },
      { itemCode: 'CUP', quantity: '1' },
    ];
    for (const rest of [row(3), row(3, { itemCode: 'cup' })]) {
      expect(judgeReturned(returnedOf(lines, all, [rest], before))).toMatchObject({
        code: 'MORE_THAN_SHIPPED',
        reason: expect.stringContaining('nothing of it is left'),
      });
    }
  });
});

describe('returns of an order, file after file', () => {
  const units = fc.integer({ min: 1, max: 40_000 }).map((n) => (n / 10_000).toFixed(4));
  const orderLines = fc.array(
    fc.record({ item: fc.constantFrom('TEA', 'CUP', 'POT'), quantity: units, price: units }),
    { minLength: 1, maxLength: 5 },
  );
  const rows = fc.array(
    fc.record({
      itemCode: fc.constantFrom('tea', 'CUP', 'POT', null),
      quantity: fc.option(units, { nil: null }),
    }),
    { minLength: 1, maxLength: 3 },
  );

  it('never take back more than was shipped, and give every unit back at the price of its line', () => {
    fc.assert(
      fc.property(orderLines, fc.array(rows, { minLength: 1, maxLength: 6 }), (ordered, files) => {
        const handed = ordered.map(({ item, quantity }) => ({ itemCode: item, quantity }));
        const order = orderOf(ordered);
        const shipped = [row(1, { answer: 'shipped', tracking: ['1Z'] })];
        const before: HandedLine[] = [];
        const given = new Map<string, bigint>();
        for (const [fileId, file] of files.entries()) {
          const said = file.map((keys, i) => row(i + 2, { ...keys, fileId: fileId + 2 }));
          const returned = returnedOf(handed, shipped, said, [...before]);
          const judged = judgeReturned(returned);
          if (judged.says !== 'returned') continue;
          const plan = { ...returned, key: 'k', rules: RULES, goods: judged.goods, whole: judged.whole };
          const made = returnOrderOf(order, plan);
          if (!('order' in made)) throw new TypeError(made.code);
          expect(sum(made.order.lines, (line) => line.itemCode)).toEqual(
            negated(sum(judged.goods, (line) => line.itemCode)),
          );
          for (const { itemCode, priceEach, quantity } of made.order.lines) {
            const line = `${itemCode} ${priceEach}`;
            given.set(line, (given.get(line) ?? 0n) - unitsOf(quantity));
          }
          before.push(...judged.goods);
        }
        const charged = sum(ordered, ({ item, price }) => `${item} ${price}`);
        for (const [line, back] of given) expect(back <= (charged.get(line) ?? 0n)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function orderOf(lines: readonly { item: string; quantity: string; price: string }[]) {
  const order = { OrderID: 7, CustomerID: 1, OrderStatusID: 9, OrderTypeID: 2, CurrencyCode: 'usd' };
  const details = lines.map(({ item, quantity, price }, i) => ({
    OrderID: 7,
    OrderLine: i + 1,
    ItemCode: item,
    ItemDescription: item,
    Quantity: quantity,
    PriceEach: price,
  }));
  return makeOrder(1, order as unknown as OrdersRow, details as unknown as OrderDetailsRow[], [], null);
}

function sum<T extends { readonly quantity: string }>(lines: readonly T[], keyOf: (line: T) => string) {
  const found = new Map<string, bigint>();
  for (const line of lines) {
    found.set(keyOf(line), (found.get(keyOf(line)) ?? 0n) + unitsOf(line.quantity));
  }
  return found;
}

function negated(all: ReadonlyMap<string, bigint>) {
  return new Map([...all].map(([key, units]) => [key, -units]));
}
