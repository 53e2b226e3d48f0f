import { describe, expect, it } from 'vitest';
import type { FixedUpdate } from '../../../src/core/marketplace.js';
import type { ShownUpdate } from '../../../src/core/targets.js';
import { lookOf } from '../../../src/engine/updates/update-shadow.js';

const SENT: FixedUpdate = { kind: 'shipped', tracking: '1Z1', carrier: 'UPS', shippedAt: 0 };
const CANCELED: FixedUpdate = { kind: 'canceled' };

function shown(part: Partial<ShownUpdate>): ShownUpdate {
  const nothing = { tracking: null, carrier: null, shippedAt: null, answer: null, message: null };
  return { status: 'shipped', ...nothing, showsAnswer: true, ...part };
}

describe('what a store shows of an update that was not sent', () => {
  it.each([
    ['nothing', SENT, null, 'absent'],
    ['an open order', SENT, shown({ status: 'processing' }), 'absent'],
    ['one that its marketplace has refused', SENT, shown({ tracking: '1Z1', answer: 'error' }), 'absent'],
    ['the same', SENT, shown({ tracking: ' 1z1 ', carrier: 'ups', shippedAt: 9 }), 'same'],
    ['less than was sent', SENT, shown({}), 'same'],
    ['another number', SENT, shown({ tracking: '1Z2' }), 'differs'],
    ['another carrier', SENT, shown({ tracking: '1Z1', carrier: 'FedEx' }), 'differs'],
    ['another end', SENT, shown({ status: 'canceled' }), 'differs'],
    ['a shipment of what was canceled', CANCELED, shown({ tracking: '1Z1' }), 'differs'],
    ['a cancellation', CANCELED, shown({ status: 'canceled' }), 'same'],
  ] as const)('%s', (_what, sent, there, outcome) => {
    const { seen, how } = lookOf(sent, there);
    expect(seen.seen === 'done' ? (how ?? 'same') : seen.seen).toBe(outcome);
  });
});
