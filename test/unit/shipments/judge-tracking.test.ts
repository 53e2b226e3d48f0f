import { describe, expect, it } from 'vitest';
import type { ShipmentNotice } from '../../../src/core/shipment.js';
import type { ShownShipment } from '../../../src/core/targets.js';
import { judgeTracking } from '../../../src/engine/shipments/judge-tracking.js';

function notice(...numbers: string[]): ShipmentNotice {
  const tracking = numbers.map((number) => ({ number, carrier: 'UPS' }));
  return { threePl: 'atlas', tracking, shipMethodId: null, shippedAt: 0 };
}

function shown(status: string, ...numbers: string[]): ShownShipment {
  return { status, tracking: Array.from({ length: 5 }, (_, i) => numbers[i] ?? null), shipMethodId: 1 };
}

describe('what Exigo shows of a shipment', () => {
  const cases: readonly (readonly [
    name: string,
    shows: ShownShipment | null,
    earlier: readonly ShipmentNotice[],
    seen: string,
  ])[] = [
    ['nothing yet', shown('Printed'), [], 'absent'],
    ['the numbers', shown('Printed', 'T1'), [], 'done'],
    ['the numbers of a Shipped order', shown('Shipped', 'T1'), [], 'done'],
    ['a number more', shown('Printed', 'T1', 'T2'), [], 'absent'],
    ['somebody else on a Printed order', shown('Printed', 'X'), [], 'absent'],
    ['somebody else on a Shipped order', shown('Shipped', 'X'), [], 'SHIPPED_BY_SOMEONE_ELSE'],
    ['Shipped without a number', shown('Shipped'), [], 'absent'],
    ['what we told before', shown('Shipped', 'T0'), [notice('T0')], 'absent'],
    ['a part of what we told before', shown('Shipped', 'T1', 'T0'), [notice('T9', 'T0')], 'absent'],
    [
      'the same numbers as before, when only the carrier changed',
      shown('Shipped', 'T1'),
      [notice('T1')],
      'absent',
    ],
    ['Canceled', shown('Canceled', 'T1'), [], 'SHIPPED_BUT_CANCELED'],
    ['another status', shown('CCDeclined'), [], 'UNEXPECTED_STATUS'],
    ['no order', null, [], 'NOT_FOUND_IN_EXIGO'],
  ];
  it.each(cases)('%s', (_name, shows, earlier, expected) => {
    const seen = judgeTracking(notice('T1'), shows, earlier);
    expect(seen.seen === 'blocked' ? seen.code : seen.seen).toBe(expected);
  });

  it('another ship method than the one that is told', () => {
    const told = { ...notice('T1'), shipMethodId: 4 };
    expect(judgeTracking(told, shown('Printed', 'T1'), []).seen).toBe('absent');
    expect(judgeTracking({ ...told, shipMethodId: 1 }, shown('Printed', 'T1'), []).seen).toBe('done');
  });
});
