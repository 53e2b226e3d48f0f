import { describe, expect, it } from 'vitest';
import type { FixedUpdate } from '../../src/core/marketplace.js';
import type { ShownUpdate } from '../../src/core/targets.js';
import { readBackUpdate, watchUpdate } from '../../src/engine/updates/update-findings.js';

const CANCELED: FixedUpdate = { kind: 'canceled' };
const SHIPPED: FixedUpdate = { kind: 'shipped', tracking: '1ZNEW', carrier: 'UPS', shippedAt: 0 };
const shown = (columns: Partial<ShownUpdate>): ShownUpdate => ({
  status: 'shipped',
  tracking: '1ZNEW',
  carrier: 'UPS',
  shippedAt: 0,
  answer: null,
  message: null,
  showsAnswer: true,
  ...columns,
});
const LATER = { generation: 2, firstLook: false };
const FIRST = { generation: 2, firstLook: true };

describe("a marketplace's answer", () => {
  it.each(['complete', 'manual', 'error'] as const)(
    'to an older update, %s, closes no newer one at first sight',
    (answer) => {
      expect(watchUpdate(SHIPPED, shown({ answer }), FIRST)).toEqual({ found: 'there' });
      expect(readBackUpdate(SHIPPED, shown({ answer }), 2)).toEqual({ found: 'there' });
    },
  );

  it('counts where it fits', () => {
    expect(watchUpdate(SHIPPED, shown({ answer: 'complete' }), LATER).found).toBe('answered');
    const elsewhere = shown({ answer: 'manual', tracking: '1ZTHEIRS' });
    expect(watchUpdate(SHIPPED, elsewhere, { generation: 1, firstLook: true }).found).toBe('answered');
    expect(watchUpdate(SHIPPED, elsewhere, LATER).found).toBe('absent');
  });

  it.each(['complete', 'manual'] as const)('%s to a shipment does not end a cancellation', (answer) => {
    const otherwise = { found: 'otherwise', status: 'shipped' };
    expect(watchUpdate(CANCELED, shown({ answer }), LATER)).toEqual(otherwise);
    expect(readBackUpdate(CANCELED, shown({ answer }), 1)).toEqual(otherwise);
  });

  it('is not known while the status is an open one', () => {
    const open = shown({ answer: 'complete', status: 'processing' });
    expect(watchUpdate(SHIPPED, open, LATER)).toEqual({ found: 'absent' });
  });
});
