import { describe, expect, it } from 'vitest';
import { heldSince, type PastItem } from '../../src/engine/persons/held-since.js';

const at = (hour: number) => `2026-03-11 ${String(hour).padStart(2, '0')}:00:00.000`;

function past(item_id: number, item: Partial<PastItem> = {}): PastItem {
  const held = { pipeline: 'p', item_key: '1', state: 'held', code: 'NO_ROUTE', resolution: 'SUPERSEDED' };
  return { item_id, ...held, settled_utc: at(item_id), ...item };
}

const waits = { item_id: 9, pipeline: 'p', item_key: '1', code: 'NO_ROUTE', settled_utc: at(9) };

describe('since when something waits', () => {
  it('is its own time when nothing came before', () => {
    expect(heldSince(waits, [])).toEqual({ first_utc: at(9), times: 1 });
  });

  it('is the first of the same reason, over versions, retries and resends, in any order', () => {
    const history = [past(8), past(2), past(5, { resolution: 'RETRIED' }), past(7, { resolution: 'RESENT' })];
    expect(heldSince(waits, history)).toEqual({ first_utc: at(2), times: 5 });
  });

  it.each<readonly [string, Partial<PastItem>]>([
    ['another reason', { code: 'TOO_LONG' }],
    ['a delivery', { state: 'delivered', code: null, resolution: null }],
    ['a person who closed it', { resolution: 'IGNORED' }],
    ['an order that was ready for a while', { state: 'excluded', code: 'SUPERSEDED', resolution: null }],
    ['one that waits for itself, as every table file does', { resolution: null }],
  ])('begins anew after %s', (_, between) => {
    expect(heldSince(waits, [past(2), past(5, between), past(7)])).toEqual({ first_utc: at(7), times: 2 });
  });

  it('is of its own pipeline and key', () => {
    expect(heldSince(waits, [past(8, { pipeline: 'q' })]).times).toBe(1);
    expect(heldSince(waits, [past(8, { item_key: '1/R2' })]).times).toBe(1);
  });
});
