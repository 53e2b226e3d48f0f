import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParcelPolicy } from '../../../src/core/confirmation.js';
import type { SaidRow } from '../../../src/core/shipment.js';
import { collectShipment } from '../../../src/transform/shipments/collect.js';
import { brief, file, HANDED_OVER, ship, shipmentOf } from './said.js';

const DAY = 86_400_000;

function said(rows: readonly SaidRow[], policy: ParcelPolicy = 'joined'): string {
  return brief(collectShipment(shipmentOf(rows), policy));
}

describe('what the rows of an order come to', () => {
  const cases: readonly (readonly [name: string, rows: readonly SaidRow[], outcome: string])[] = [
    ['an accepted order', file(1, { answer: 'accepted' }), 'accepted'],
    ['a refused one', file(1, { answer: 'rejected', reason: 'no such street' }), 'refused'],
    [
      'one that is accepted after a refusal',
      [...file(1, { answer: 'rejected' }), ...file(2, { answer: 'accepted' })],
      'accepted',
    ],
    ['a row without an item: the whole order', file(1, ship(null, null, 'T1')), 'shipped T1'],
    [
      'two parcels of the whole order in one file',
      file(1, ship(null, null, 'T1'), ship(null, null, 'T2')),
      'shipped T1 T2',
    ],
    ['all lines in one parcel', file(1, ship('TEA', '2', 'T1'), ship('cup', '1.00', 'T1')), 'shipped T1'],
    [
      'a line without a quantity: all of it',
      file(1, ship('TEA', null, 'T1'), ship('CUP', null, 'T2')),
      'shipped T1 T2',
    ],
    ['a part of the lines', file(1, ship('TEA', '2', 'T1')), 'waiting 1 of CUP'],
    ['a part of a line', file(1, ship('TEA', '1', 'T1'), ship('CUP', '1', 'T1')), 'waiting 1 of TEA'],
    [
      'the rest in a later file',
      [...file(1, ship('TEA', '1', 'T1')), ...file(2, ship('TEA', '1', 'T2'), ship('CUP', '1', 'T2'))],
      'shipped T1 T2',
    ],
    [
      'the rest as a row about the whole order',
      [...file(1, ship('TEA', '2', 'T1')), ...file(2, ship(null, null, 'T2'))],
      'shipped T1 T2',
    ],
    [
      'short lines',
      file(
        1,
        ship('TEA', '1', 'T1'),
        { answer: 'short', itemCode: 'TEA', quantity: '1' },
        { answer: 'short', itemCode: 'CUP' },
      ),
      'shipped T1',
    ],
    [
      'short said twice, in other words',
      [
        ...file(1, ship('TEA', '2', 'T1'), {
          answer: 'short',
          itemCode: 'CUP',
          quantity: '1',
          reason: 'none left',
        }),
        ...file(2, { answer: 'short', itemCode: 'CUP', quantity: '1', reason: 'sold out' }),
      ],
      'shipped T1',
    ],
    ['everything short', file(1, { answer: 'short' }), 'canceled'],
    ['everything canceled', file(1, { answer: 'canceled', reason: 'sold out' }), 'canceled'],
    ['one line canceled', file(1, { answer: 'canceled', itemCode: 'CUP' }), 'waiting 2 of TEA'],
    [
      'one line canceled, the rest shipped',
      file(1, { answer: 'canceled', itemCode: 'CUP' }, ship('TEA', '2', 'T1')),
      'shipped T1',
    ],
    ['shipped and canceled', file(1, ship(null, null, 'T1'), { answer: 'canceled' }), 'SHIPPED_AND_CANCELED'],
    [
      'a line shipped and canceled',
      file(1, ship(null, null, 'T1'), { answer: 'canceled', itemCode: 'CUP' }),
      'SHIPPED_AND_CANCELED',
    ],
    [
      'a line shipped and short',
      file(1, ship(null, null, 'T1'), { answer: 'short', itemCode: 'CUP', quantity: '1' }),
      'MORE_THAN_ORDERED',
    ],
    ['more than ordered', file(1, ship('TEA', '3', 'T1')), 'MORE_THAN_ORDERED'],
    ['an item of another order', file(1, ship('HAT', '1', 'T1')), 'ITEM_NOT_OF_ORDER'],
    ['a shipment without a number', file(1, ship(null, null)), 'NO_TRACKING'],
    [
      'shipped, then refused',
      [...file(1, ship(null, null, 'T1')), ...file(2, { answer: 'rejected' })],
      'SHIPPED_AND_REFUSED',
    ],
    [
      'refused, then shipped',
      [...file(1, { answer: 'rejected' }), ...file(2, ship(null, null, 'T1'))],
      'shipped T1',
    ],
    ['what came back', file(1, { answer: 'returned', itemCode: 'HAT', quantity: '1' }), 'nothing'],
    ['nothing of a line', file(1, ship('TEA', '0', 'T1')), 'nothing'],
    [
      'a corrected number of the whole order',
      [...file(1, ship(null, null, 'T1')), ...file(2, ship(null, null, 'T2'))],
      'shipped T2',
    ],
    [
      'corrected numbers of two parcels',
      [
        ...file(1, ship('TEA', '2', 'T1'), ship('CUP', '1', 'T2')),
        ...file(2, ship('TEA', '2', 'T3'), ship('CUP', '1', 'T4')),
      ],
      'shipped T3 T4',
    ],
    [
      'a corrected number of one parcel',
      [...file(1, ship('TEA', '2', 'T1'), ship('CUP', '1', 'T2')), ...file(2, ship('CUP', '1', 'T3'))],
      'shipped T1 T3',
    ],
    [
      'a number that may correct one parcel or the other',
      [
        ...file(1, ship('TEA', '1', 'T1'), ship('CUP', '1', 'T1')),
        ...file(2, ship('TEA', '1', 'T2')),
        ...file(3, ship('CUP', '1', 'T1'), ship('TEA', '1', 'T1'), ship('TEA', '1', 'T9')),
      ],
      'shipped T1 T9',
    ],
    [
      'one number for all in place of two',
      [...file(1, ship('TEA', '2', 'T1'), ship('CUP', '1', 'T2')), ...file(2, ship(null, null, 'T9'))],
      'shipped T9',
    ],
    [
      'the same parcel with another date',
      [
        ...file(1, ship('TEA', '1', 'T1')),
        ...file(2, { ...ship('TEA', '1', 'T1'), happened: { at: HANDED_OVER, bare: false } }),
      ],
      'waiting 1 of TEA, 1 of CUP',
    ],
    ['the same number twice', file(1, ship('TEA', '2', 'T1', 'T2'), ship('CUP', '1', 'T2')), 'shipped T1 T2'],
    [
      'more numbers than there is room for',
      file(1, ship(null, null, '1', '2', '3', '4', '5', '6')),
      'shipped 1 2 3 4 5',
    ],
  ];
  it.each(cases)('%s', (_name, rows, outcome) => {
    expect(said(rows)).toBe(outcome);
  });

  it('holds a number that may stand for one of two parcels alike', () => {
    const rows = [
      ...file(1, ship('TEA', '1', 'T1')),
      ...file(2, ship('TEA', '1', 'T2'), ship('CUP', '1', 'T2')),
      ...file(3, ship('TEA', '1', 'T3')),
    ];
    expect(said(rows)).toBe('shipped T3 T2');
    const alike = [
      ...file(1, ship('TEA', '1', 'T1')),
      ...file(2, ship('TEA', '1', 'T2')),
      ...file(3, ship('TEA', '1', 'T3')),
    ];
    expect(said(alike)).toBe('MORE_THAN_ORDERED');
  });

  it('takes what was shipped for all of it when the lines are not kept any more', () => {
    const shipment = shipmentOf(file(1, ship('HAT', '9', 'T1')), { lines: null });
    expect(brief(collectShipment(shipment, 'joined'))).toBe('shipped T1');
  });

  it('says which file and line it is about', () => {
    const collected = collectShipment(
      shipmentOf(file(3, { answer: 'rejected', reason: 'no such street' })),
      'first',
    );
    expect(collected).toEqual({ says: 'refused', reason: 'SHIP_3.csv line 2: no such street' });
  });
});

describe('what Exigo is told', () => {
  const at = (hours: number) => ({ at: HANDED_OVER + hours * 3_600_000, bare: false });
  const parcels = [
    ...file(2, { ...ship('TEA', '2', 'T2'), carrier: 'FedEx', happened: at(2), shipMethodId: 3 }),
    ...file(3, { ...ship('CUP', '1', 'T1'), happened: at(1) }),
  ];
  const told = (policy: ParcelPolicy, rows: readonly SaidRow[] = parcels) => {
    const collected = collectShipment(shipmentOf(rows), policy);
    if (collected.says !== 'shipped') throw new TypeError(brief(collected));
    return collected;
  };

  it('goes by the parcel of the policy', () => {
    const notice = (policy: ParcelPolicy) => told(policy).notice;
    expect(notice('first')).toEqual({
      threePl: 'atlas',
      tracking: [{ number: 'T1', carrier: 'UPS' }],
      shipMethodId: null,
      shippedAt: at(1).at,
    });
    expect(notice('last')).toEqual({
      threePl: 'atlas',
      tracking: [{ number: 'T2', carrier: 'FedEx' }],
      shipMethodId: 3,
      shippedAt: at(2).at,
    });
    expect(notice('joined')).toMatchObject({
      tracking: [{ number: 'T1' }, { number: 'T2' }],
      shipMethodId: 3,
      shippedAt: at(2).at,
    });
  });

  it('leaves a corrected parcel where the one before it stood', () => {
    const corrected = [...parcels, ...file(4, { ...ship('CUP', '1', 'T9'), happened: at(3) })];
    expect(told('first', corrected).notice.tracking).toEqual([{ number: 'T9', carrier: 'UPS' }]);
    expect(told('last', corrected).notice.tracking).toEqual([{ number: 'T2', carrier: 'FedEx' }]);
  });

  it('says a ship method only when it is another one', () => {
    const same = file(1, { ...ship(null, null, 'T1'), shipMethodId: 1 });
    expect(told('joined', same).notice.shipMethodId).toBeNull();
  });

  it('completes a date so that it lies neither before the hand-over nor in the future', () => {
    const shippedAt = (ms: number, bare: boolean) =>
      told('joined', file(5, { ...ship(null, null, 'T1'), happened: { at: ms, bare } })).notice.shippedAt;
    const received = HANDED_OVER + 5 * 3_600_000;
    expect(shippedAt(HANDED_OVER - DAY, true)).toBe(HANDED_OVER);
    expect(shippedAt(received + 1, true)).toBe(received);
    expect(shippedAt(received - 1, true)).toBe(received - 1);
    expect(shippedAt(HANDED_OVER - 1, false)).toBe(HANDED_OVER - 1);
    expect(told('joined', file(5, ship(null, null, 'T1'))).notice.shippedAt).toBe(received);
  });

  it('flags what comes more than 60 days after the hand-over', () => {
    const late = (days: number) =>
      told('joined', file(1, { ...ship(null, null, 'T1'), receivedAt: HANDED_OVER + days * DAY })).lateByMs;
    expect([late(60), late(61)]).toEqual([null, 61 * DAY]);
  });

  it('names short lines and the numbers that were left out', () => {
    const rows = file(1, ship('TEA', '2', '1', '2', '3', '4', '5', '6'), {
      answer: 'short',
      itemCode: 'CUP',
    });
    expect(told('joined', rows)).toMatchObject({
      short: [{ itemCode: 'CUP', quantity: '1' }],
      leftOut: ['6'],
    });
  });
});

/** Orders of up to four items, shipped whole in parcels of up to four files. */
const SHIPPED = fc
  .array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 4 }),
      parts: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((items) => {
    const lines = items.map(({ quantity }, i) => ({ itemCode: `I${i}`, quantity: `${quantity}` }));
    const units = items.flatMap(({ quantity, parts }, i) =>
      Array.from({ length: quantity }, (_, n) => ({ itemCode: `I${i}`, fileId: 1 + (parts[n] ?? 0) })),
    );
    return { lines, units };
  });

describe('for any way of shipping an order', () => {
  const rowsOf = (units: readonly { readonly itemCode: string; readonly fileId: number }[]) => {
    const files = new Map<number, Map<string, number>>();
    for (const { itemCode, fileId } of units) {
      const items = files.get(fileId) ?? new Map<string, number>();
      files.set(fileId, items.set(itemCode, (items.get(itemCode) ?? 0) + 1));
    }
    return [...files].map(([fileId, items]) =>
      file(
        fileId,
        ...[...items].map(([itemCode, quantity]) => ({
          ...ship(itemCode, `${quantity}`, `T${fileId}`),
          happened: { at: HANDED_OVER + fileId * 60_000, bare: false },
        })),
      ),
    );
  };
  const POLICY = fc.constantFrom<ParcelPolicy>('first', 'last', 'joined');

  it('it is complete exactly when all quantities are accounted for, whichever file comes first', () => {
    fc.assert(
      fc.property(SHIPPED, fc.nat(), POLICY, fc.boolean(), ({ lines, units }, gone, policy, all) => {
        const present = all ? units : units.filter((_, i) => i !== gone % units.length);
        const files = rowsOf(present);
        const inOrder = collectShipment(shipmentOf(files.flat(), { lines }), policy);
        expect(inOrder.says).toBe(all ? 'shipped' : present.length === 0 ? 'nothing' : 'waiting');
        const backwards = files.toReversed().map((rows, i) => rows.map((row) => ({ ...row, fileId: i + 1 })));
        const other = collectShipment(shipmentOf(backwards.flat(), { lines }), policy);
        expect(brief(other)).toBe(brief(inOrder));
      }),
      { numRuns: 500 },
    );
  });

  it('what is said again changes nothing', () => {
    fc.assert(
      fc.property(SHIPPED, POLICY, ({ lines, units }, policy) => {
        const files = rowsOf(units);
        const again = files.flat().map((row) => ({ ...row, fileId: row.fileId + 10 }));
        const once = collectShipment(shipmentOf(files.flat(), { lines }), policy);
        const marked = again.map((row) => ({ ...row, repeats: true }));
        expect(collectShipment(shipmentOf([...files.flat(), ...marked], { lines }), policy)).toEqual(once);
        const unmarked = collectShipment(shipmentOf([...files.flat(), ...again], { lines }), policy);
        expect(brief(unmarked)).toBe(brief(once));
      }),
      { numRuns: 500 },
    );
  });
});
