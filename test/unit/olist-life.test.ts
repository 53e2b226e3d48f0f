import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { EXIGO_ZONE } from '../../src/core/time.js';
import { Life } from '../olist/life.js';
import { loadOlist } from '../olist/load.js';
import { fillers, type TinyOrder, tinyFiles } from '../olist/tiny.js';

const FORMAT = 'M/d/yyyy H:mm';
const at = (text: string) => DateTime.fromFormat(text, FORMAT, { zone: EXIGO_ZONE }).toMillis();
const textOf = (time: number) => DateTime.fromMillis(time, { zone: EXIGO_ZONE }).toFormat(FORMAT);

const lifeOf = (orders: readonly TinyOrder[]) => new Life(loadOlist(tinyFiles(orders)));

/** Events of one order up to a time. */
const until = (life: Life, time: string, order = 1) =>
  life
    .until(at(time))
    .filter((event) => event.order.number === order)
    .map((event) => `${textOf(event.time)} ${event.kind}`);

const BOUGHT = { id: 'a', purchased: '5/1/2017 8:00' };
const END = '12/31/2017 0:00';

describe('the life of an order', () => {
  it('begins with its rows, and goes on to Accepted', () => {
    expect(until(lifeOf([{ ...BOUGHT, approved: '5/1/2017 8:15' }]), END)).toEqual([
      '5/1/2017 8:00 created',
      '5/1/2017 8:00 rows',
      '5/1/2017 8:15 accepted',
    ]);
  });

  it('stays Pending without approval', () => {
    expect(until(lifeOf([BOUGHT]), END)).toEqual(['5/1/2017 8:00 created', '5/1/2017 8:00 rows']);
  });

  it('waits for inventory when the marketplace called it unavailable', () => {
    const life = lifeOf([{ ...BOUGHT, status: 'unavailable', approved: '5/1/2017 8:15' }]);
    expect(until(life, END).at(-1)).toBe('5/1/2017 8:15 pending-inventory');
  });

  it('gives events up to and including the cut, each once', () => {
    const life = lifeOf([{ ...BOUGHT, purchased: '5/2/2017 0:00', approved: '5/2/2017 0:01' }]);
    expect(until(life, '5/1/2017 23:59')).toEqual([]);
    expect(until(life, '5/2/2017 0:00')).toEqual(['5/2/2017 0:00 created', '5/2/2017 0:00 rows']);
    expect(until(life, '5/3/2017 0:00')).toEqual(['5/2/2017 0:01 accepted']);
    expect(until(life, END)).toEqual([]);
  });

  it('brings the rows of every 50th order 25 hours after it was accepted', () => {
    const orders = [...fillers(49), { ...BOUGHT, approved: '5/1/2017 8:15' }];
    expect(until(lifeOf(orders), END, 50)).toEqual([
      '5/1/2017 8:00 created',
      '5/1/2017 8:15 accepted',
      '5/2/2017 9:15 rows',
    ]);
    expect(until(lifeOf([...fillers(49), BOUGHT]), END, 50)).toEqual(['5/1/2017 8:00 created']);
  });

  it('counts elapsed hours over a clock change', () => {
    const orders = [...fillers(49), { ...BOUGHT, purchased: '11/4/2017 10:00', approved: '11/4/2017 10:00' }];
    expect(until(lifeOf(orders), END, 50).at(-1)).toBe('11/5/2017 10:00 rows');
  });

  it('is not approved before it is bought, as the repeated hour may have it', () => {
    const order = { ...BOUGHT, purchased: '11/5/2017 1:45', approved: '11/5/2017 1:15' };
    expect(until(lifeOf([order]), END).at(-1)).toBe('11/5/2017 1:45 accepted');
  });

  it('ends 36 hours after the purchase when it is canceled; a later approval changes nothing', () => {
    const canceled = { ...BOUGHT, status: 'canceled' };
    expect(until(lifeOf([{ ...canceled, approved: '5/1/2017 9:00' }]), END).slice(2)).toEqual([
      '5/1/2017 9:00 accepted',
      '5/2/2017 20:00 canceled',
    ]);
    expect(until(lifeOf([{ ...canceled, approved: '5/2/2017 20:01' }]), END).slice(2)).toEqual([
      '5/2/2017 20:00 canceled',
    ]);
    expect(until(lifeOf([{ ...canceled, approved: '5/2/2017 20:00' }]), END).at(-1)).toBe(
      '5/2/2017 20:00 canceled',
    );
  });

  it('never brings late rows of an order that was canceled before its approval', () => {
    const orders = [...fillers(49), { ...BOUGHT, status: 'canceled', approved: '5/3/2017 8:00' }];
    expect(until(lifeOf(orders), END, 50)).toEqual(['5/1/2017 8:00 created', '5/2/2017 20:00 canceled']);
  });
});

describe('shipping', () => {
  const ship = (order: Partial<TinyOrder>, handedOver: string) => {
    const life = lifeOf([{ ...BOUGHT, approved: '5/1/2017 9:00', ...order }]);
    life.until(at(handedOver));
    life.handedOver([1], at(handedOver));
    return until(life, END);
  };

  it('happens when the carrier comes, but no sooner than a minute after the hand-over', () => {
    expect(ship({ carrier: '5/4/2017 15:30' }, '5/2/2017 0:00')).toEqual(['5/4/2017 15:30 shipped']);
    expect(ship({ carrier: '5/1/2017 8:30' }, '5/2/2017 0:00')).toEqual(['5/2/2017 0:01 shipped']);
    expect(ship({}, '5/2/2017 0:00')).toEqual([]);
  });

  it('comes before a cancellation, or not at all', () => {
    const canceled = { status: 'canceled' };
    expect(ship({ ...canceled, carrier: '5/2/2017 19:59' }, '5/2/2017 0:00')).toEqual([
      '5/2/2017 19:59 shipped',
    ]);
    expect(ship({ ...canceled, carrier: '5/2/2017 20:00' }, '5/2/2017 0:00')).toEqual([
      '5/2/2017 20:00 canceled',
    ]);
  });

  it('does not happen when the carrier date is before a cancellation that the hand-over comes after', () => {
    const order = { status: 'canceled', purchased: '4/30/2017 11:59', carrier: '5/1/2017 10:00' };
    const life = lifeOf([{ ...BOUGHT, ...order, approved: '5/1/2017 9:00' }]);
    life.until(at('5/1/2017 23:58'));
    life.handedOver([1], at('5/1/2017 23:58'));
    expect(until(life, END)).toEqual(['5/1/2017 23:59 canceled']);
  });
});
