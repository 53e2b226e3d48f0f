import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { EXIGO_ZONE } from '../../src/core/time.js';
import { dailyCuts, expectedLives, expectedSets } from '../olist/expected.js';
import { Life, type LifeEvent } from '../olist/life.js';
import { loadOlist } from '../olist/load.js';
import { fillers, type TinyOrder, tinyFiles } from '../olist/tiny.js';

const FORMAT = 'M/d/yyyy H:mm';
const at = (text: string) => DateTime.fromFormat(text, FORMAT, { zone: EXIGO_ZONE }).toMillis();
const CUTS = dailyCuts('2017-05-01', '2017-05-07');

/** State of the last order given, after each midnight from May 1 to May 7. */
function days(order: Partial<TinyOrder>, before: readonly TinyOrder[] = []): string[] {
  const orders = [...before, { id: 'z', purchased: '5/1/2017 8:00', ...order }];
  const lives = expectedLives(tinyFiles(orders), CUTS);
  return CUTS.map((cut) =>
    Object.entries(expectedSets(lives, cut))
      .filter(([, set]) => set instanceof Set && set.has(orders.length))
      .map(([name]) => name)
      .join(' '),
  );
}

const APPROVED = { approved: '5/1/2017 9:00' };
const CANCELED = { status: 'canceled' };
const WITH_3PL = 'handedOver printed';

describe('what must be true after a cut', () => {
  it('nothing of an order that is only pending, or waits for inventory', () => {
    expect(new Set(days({}))).toEqual(new Set(['']));
    expect(new Set(days({ ...APPROVED, status: 'unavailable' }))).toEqual(new Set(['']));
  });

  it('handed over and printed from the first cut at or after the approval', () => {
    expect(days(APPROVED).slice(0, 3)).toEqual(['', WITH_3PL, WITH_3PL]);
    expect(days({ approved: '5/2/2017 0:00' }).slice(0, 3)).toEqual(['', WITH_3PL, WITH_3PL]);
    expect(days({ approved: '5/2/2017 0:01' }).slice(0, 3)).toEqual(['', '', WITH_3PL]);
  });

  it('shipped from the cut at or after the carrier date, a minute after the hand-over at the soonest', () => {
    const shipped = 'handedOver shipped';
    expect(days({ ...APPROVED, carrier: '5/4/2017 0:00' }).slice(1, 5)).toEqual([
      WITH_3PL,
      WITH_3PL,
      shipped,
      shipped,
    ]);
    expect(days({ ...APPROVED, carrier: '4/30/2017 8:00' }).slice(1, 4)).toEqual([
      WITH_3PL,
      shipped,
      shipped,
    ]);
  });

  it('held while an accepted order has no lines, for good when they never come', () => {
    const numbered = (order: Partial<TinyOrder>) => days(order, fillers(49));
    expect(numbered({ approved: '5/1/2017 9:00' }).slice(0, 4)).toEqual(['', 'held', WITH_3PL, WITH_3PL]);
    expect(numbered({ approved: '5/1/2017 23:30' }).slice(0, 4)).toEqual(['', 'held', 'held', WITH_3PL]);
    expect(numbered({ approved: '5/1/2017 23:00' }).slice(0, 4)).toEqual(['', 'held', WITH_3PL, WITH_3PL]);
    expect(days({ ...APPROVED, lines: [] })).toEqual(['', ...Array<string>(6).fill('held')]);
  });

  it('held when it is canceled after the hand-over, excluded when before', () => {
    const held = 'handedOver held canceled';
    expect(days({ ...CANCELED, ...APPROVED }).slice(1, 4)).toEqual([WITH_3PL, held, held]);
    expect(days({ ...CANCELED, approved: '5/2/2017 0:01' }).slice(1, 4)).toEqual([
      '',
      'canceled',
      'canceled',
    ]);
    // Canceled exactly at the cut that would have handed it over.
    expect(
      days({ ...CANCELED, purchased: '5/1/2017 12:00', approved: '5/2/2017 13:00' }).slice(1, 4),
    ).toEqual(['', 'canceled', 'canceled']);
  });

  it('excluded when it was held without lines and then canceled', () => {
    expect(days({ ...CANCELED, approved: '5/1/2017 23:30' }, fillers(49)).slice(1, 5)).toEqual([
      'held',
      'canceled',
      'canceled',
      'canceled',
    ]);
  });

  it('not canceled when the 3PL shipped before', () => {
    const order = { ...CANCELED, ...APPROVED };
    const shipped = 'handedOver shipped';
    expect(days({ ...order, carrier: '5/2/2017 19:59' }).slice(1, 4)).toEqual([WITH_3PL, shipped, shipped]);
    expect(days({ ...order, carrier: '5/2/2017 20:00' }).at(2)).toBe('handedOver held canceled');
    expect(days({ ...order, carrier: '5/1/2017 9:00' }).at(2)).toBe(shipped);
  });

  it('canceled for good when the approval comes later', () => {
    expect(days({ ...CANCELED, approved: '5/3/2017 9:00' }).slice(1)).toEqual([
      '',
      ...Array<string>(5).fill('canceled'),
    ]);
  });

  it('counts the lines of what was handed over', () => {
    const files = tinyFiles([
      { id: 'a', purchased: '5/1/2017 8:00', ...APPROVED, lines: ['1', '2', '3'] },
      { id: 'b', purchased: '5/1/2017 8:00', lines: ['1'] },
    ]);
    expect(expectedSets(expectedLives(files, CUTS), CUTS[2] ?? 0).lines).toBe(3);
  });
});

describe('the cuts', () => {
  it('are midnights of the tenant, also over clock changes', () => {
    const cuts = dailyCuts('2016-09-05', '2018-10-01');
    expect(cuts).toHaveLength(757);
    for (const cut of cuts) {
      expect(DateTime.fromMillis(cut, { zone: EXIGO_ZONE }).toFormat('H:mm:ss.SSS')).toBe('0:00:00.000');
    }
  });
});

/** A product that does at each cut what the product promises; it sees the events alone. */
class IdealProduct {
  readonly handedOver = new Set<number>();
  readonly status = new Map<number, LifeEvent['kind']>();
  private readonly complete = new Set<number>();

  see({ kind, order }: LifeEvent): void {
    if (kind !== 'rows') this.status.set(order.number, kind);
    else if (order.lines.length > 0) this.complete.add(order.number);
  }

  run(): number[] {
    const fresh = [...this.status]
      .filter(([number, status]) => status === 'accepted' && this.complete.has(number))
      .map(([number]) => number)
      .filter((number) => !this.handedOver.has(number));
    for (const number of fresh) this.handedOver.add(number);
    return fresh;
  }

  held(): Set<number> {
    const held = new Set<number>();
    for (const [number, status] of this.status) {
      if (status === 'accepted' && !this.complete.has(number)) held.add(number);
      if (status === 'canceled' && this.handedOver.has(number)) held.add(number);
    }
    return held;
  }

  with(status: LifeEvent['kind']): Set<number> {
    return new Set([...this.status].filter(([, one]) => one === status).map(([number]) => number));
  }
}

const START = at('11/3/2017 6:00');
const written = (time: number) => DateTime.fromMillis(time, { zone: EXIGO_ZONE }).toFormat(FORMAT);
/** Quarters of an hour meet each other and the cuts often; the days contain a clock change. */
const quarters = (hours: number) => fc.integer({ min: 0, max: hours * 4 }).map((n) => n * 15 * MINUTE);

const tinyOrder = fc.record({
  bought: quarters(72),
  approvedAfter: fc.option(quarters(60)),
  carrierAfter: fc.option(quarters(96)),
  status: fc.constantFrom('delivered', 'canceled', 'unavailable', 'shipped'),
  lines: fc.constantFrom([], ['10'], ['10', '2.5']),
});

describe('the events played forward and the closed form', () => {
  it('agree after every cut', () => {
    fc.assert(
      fc.property(
        fc.array(tinyOrder, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 49 }),
        (drawn, before) => {
          const orders = drawn.map(({ bought, approvedAfter, carrierAfter, status, lines }, index) => ({
            id: `order ${index}`,
            purchased: written(START + bought),
            approved: approvedAfter === null ? '' : written(START + bought + approvedAfter),
            carrier: carrierAfter === null ? '' : written(START + bought + carrierAfter),
            status,
            lines,
          }));
          const files = tinyFiles([...fillers(before), ...orders]);
          const cuts = dailyCuts('2017-11-03', '2017-11-14');
          const lives = expectedLives(files, cuts);
          const life = new Life(loadOlist(files));
          const product = new IdealProduct();
          for (const cut of cuts) {
            for (const event of life.until(cut)) product.see(event);
            life.handedOver(product.run(), cut);
            const expected = expectedSets(lives, cut);
            expect(product.handedOver).toEqual(expected.handedOver);
            expect(product.held()).toEqual(expected.held);
            expect(product.with('shipped')).toEqual(expected.shipped);
            expect(product.with('canceled')).toEqual(expected.canceled);
          }
          expect(cuts.at(-1)).toBeGreaterThan(START + (72 + 60 + 25) * HOUR);
        },
      ),
      { numRuns: 300 },
    );
  });
});
