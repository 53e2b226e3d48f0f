import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import type { ShownOrder } from '../../../src/core/views.js';
import {
  compareOrder,
  type LedgerFacts,
  type OrderFacts,
} from '../../../src/engine/reconcile/compare-order.js';
import type { Finding } from '../../../src/engine/reconcile/findings.js';
import type { OrderRules } from '../../../src/engine/reconcile/rules.js';
import { wholeProgram } from '../../support/commands.js';
import { faultsIn } from '../../support/proposals.js';

const NOW = Date.parse('2026-03-11T17:00:00Z');
const OLD = NOW - 5 * HOUR;
const YOUNG = NOW - 10 * MINUTE;

const RULES: OrderRules = {
  now: NOW,
  graceMs: HOUR,
  firstAt: NOW - 30 * DAY,
  firstFreezeAt: NOW - 29 * DAY,
  pipeline: 'exigo-orders-to-3pl',
  prints: true,
  ledgerBehind: false,
  wavePassed: (_target, createdAt) => (NOW - createdAt > DAY ? createdAt + HOUR : null),
};

function shows(status: string, modifiedAt = OLD): ShownOrder {
  return { orderId: 17, status, modifiedAt, createdAt: OLD - DAY, tracking: [] };
}

const NOTHING: LedgerFacts = { version: null, item: null, file: null, linkedTo: null };

/** Both systems show the same. */
function both(status: string, modifiedAt = OLD): Pick<OrderFacts, 'sync' | 'api'> {
  return { sync: shows(status, modifiedAt), api: shows(status, modifiedAt) };
}

function frozen(status: string, modifiedAt = OLD): Pick<LedgerFacts, 'version'> {
  return { version: { status, modifiedAt, frozenAt: modifiedAt + MINUTE } };
}

function item(
  state: NonNullable<LedgerFacts['item']>['state'],
  more: Partial<NonNullable<LedgerFacts['item']>> = {},
): Pick<LedgerFacts, 'item'> {
  return { item: { state, code: null, target: 'atlas', createdAt: OLD, resolution: null, ...more } };
}

function file(more: Partial<NonNullable<LedgerFacts['file']>> = {}): Pick<LedgerFacts, 'file'> {
  const sent = { state: 'done', waveState: 'delivered', name: 'ATL_1.csv', target: 'atlas' } as const;
  return { file: { ...sent, at: OLD, canceledByPerson: false, ...more } };
}

interface Row {
  readonly what: string;
  readonly systems: Partial<OrderFacts>;
  readonly ledger?: Partial<LedgerFacts>;
  readonly expected: string;
}

const HANDED = { ...frozen('Printed'), ...item('delivered'), ...file(), linkedTo: 'atlas' };

const ROWS: readonly Row[] = [
  // agreement
  { what: 'printed and handed over', systems: both('Printed'), ledger: HANDED, expected: 'agrees' },
  {
    what: 'shipped, and only its link is left of it',
    systems: both('Shipped'),
    ledger: { ...frozen('Shipped'), linkedTo: 'atlas' },
    expected: 'agrees',
  },
  // harmless
  { what: 'accepted a moment ago', systems: both('Accepted', YOUNG), expected: 'TOO_YOUNG' },
  {
    what: 'the API is ahead for a moment',
    systems: { sync: shows('Accepted'), api: shows('Printed', YOUNG) },
    ledger: HANDED,
    expected: 'SYNC_LAG',
  },
  {
    what: 'not replicated yet',
    systems: { sync: null, api: shows('Accepted', YOUNG) },
    expected: 'SYNC_LAG',
  },
  { what: 'canceled before we saw it', systems: both('Canceled'), expected: 'CANCELED' },
  { what: 'payment pending', systems: both('CCPending'), expected: 'NOT_ACCEPTED' },
  {
    what: 'excluded by a rule',
    systems: both('Accepted'),
    ledger: { ...frozen('Accepted'), ...item('excluded', { code: 'RETURN' }) },
    expected: 'EXCLUDED',
  },
  {
    what: 'of another warehouse, printed there',
    systems: { ...both('Printed'), rule: { excluded: 'NO_ROUTE' } },
    expected: 'EXCLUDED',
  },
  {
    what: 'ready, before its cut-off',
    systems: both('Accepted'),
    ledger: { ...frozen('Accepted'), ...item('ready') },
    expected: 'WAITING',
  },
  {
    what: 'in the error list',
    systems: both('Canceled'),
    ledger: { ...HANDED, ...frozen('Canceled'), ...item('held', { code: 'CANCELED_AFTER_HAND_OVER' }) },
    expected: 'HELD',
  },
  {
    what: 'decided by a person',
    systems: both('Canceled'),
    ledger: {
      ...HANDED,
      ...frozen('Canceled'),
      ...item('held', { code: 'CANCELED_AFTER_HAND_OVER', resolution: 'CANCELED' }),
    },
    expected: 'DECIDED',
  },
  {
    what: 'canceled by a person before it was sent',
    systems: both('Accepted'),
    ledger: {
      ...frozen('Accepted'),
      ...item('excluded', { code: 'CANCELED_BY_PERSON' }),
      ...file({ state: 'failed', waveState: null, name: null, canceledByPerson: true }),
    },
    expected: 'DECIDED',
  },
  {
    what: 'older than the first freeze',
    systems: both('Accepted', NOW - 40 * DAY),
    expected: 'BEFORE_FIRST_FREEZE',
  },
  {
    what: 'made before the first freeze and printed since',
    systems: { sync: { ...shows('Printed'), createdAt: NOW - 40 * DAY }, api: 'not asked' },
    expected: 'BEFORE_FIRST_FREEZE',
  },
  {
    what: 'made before the first freeze, seen as Accepted by it, printed by somebody else',
    systems: { sync: { ...shows('Printed'), createdAt: NOW - 40 * DAY }, api: 'not asked' },
    ledger: { ...frozen('Printed'), ...item('ready') },
    expected: 'PRINTED_NOT_HANDED_OVER',
  },
  {
    what: 'handed over a moment ago, its step under way',
    systems: both('Accepted'),
    ledger: { ...frozen('Accepted'), ...item('loading'), ...file({ at: YOUNG }), linkedTo: 'atlas' },
    expected: 'WAITING',
  },
  {
    what: 'changed a moment ago, not frozen yet',
    systems: both('Shipped', YOUNG),
    ledger: HANDED,
    expected: 'TOO_YOUNG',
  },
  {
    what: 'canceled a moment ago, handed over',
    systems: both('Canceled', YOUNG),
    ledger: HANDED,
    expected: 'TOO_YOUNG',
  },
  // discrepancies
  { what: 'accepted, never frozen', systems: both('Accepted'), expected: 'ACCEPTED_UNKNOWN_TO_US' },
  {
    what: 'accepted, the API not asked',
    systems: { sync: shows('Accepted'), api: 'not asked' },
    expected: 'ACCEPTED_UNKNOWN_TO_US',
  },
  {
    what: 'frozen, in no batch',
    systems: both('Accepted'),
    ledger: frozen('Accepted'),
    expected: 'FROZEN_NOT_JUDGED',
  },
  {
    what: 'a version that was not frozen',
    systems: both('Shipped'),
    ledger: { ...HANDED, ...frozen('Printed', OLD - HOUR) },
    expected: 'CHANGE_NOT_FROZEN',
  },
  {
    what: 'accepted, and judged as not accepted',
    systems: both('Accepted'),
    ledger: { ...frozen('Accepted'), ...item('excluded', { code: 'NOT_ACCEPTED' }) },
    expected: 'CHANGE_NOT_FROZEN',
  },
  {
    what: 'ready, and its cut-off is over',
    systems: both('Accepted', NOW - 3 * DAY),
    ledger: { ...frozen('Accepted', NOW - 3 * DAY), ...item('ready', { createdAt: NOW - 2 * DAY }) },
    expected: 'WAVE_MISSED',
  },
  {
    what: 'its file was not delivered for days',
    systems: both('Accepted', NOW - 3 * DAY),
    ledger: {
      ...frozen('Accepted', NOW - 3 * DAY),
      ...item('loading'),
      ...file({ state: 'pending', waveState: 'planned', at: NOW - 2 * DAY }),
    },
    expected: 'WAVE_MISSED',
  },
  {
    what: 'handed over, not printed',
    systems: both('Accepted'),
    ledger: { ...frozen('Accepted'), ...item('loading'), ...file(), linkedTo: 'atlas' },
    expected: 'HANDED_OVER_NOT_PRINTED',
  },
  {
    what: 'shipped by the 3PL, and set back',
    systems: both('Printed'),
    ledger: { ...HANDED, shipment: { state: 'delivered', target: 'atlas', at: OLD } },
    expected: 'SHIPPED_BY_3PL_NOT_IN_EXIGO',
  },
  {
    what: 'shipped by the 3PL, and never told',
    systems: both('Canceled'),
    ledger: { ...HANDED, shipment: { state: 'loading', target: 'atlas', at: OLD } },
    expected: 'SHIPPED_BY_3PL_NOT_IN_EXIGO',
  },
  {
    what: 'shipped by the 3PL a moment ago',
    systems: both('Printed'),
    ledger: { ...HANDED, shipment: { state: 'loading', target: 'atlas', at: YOUNG } },
    expected: 'TOO_YOUNG',
  },
  {
    what: 'shipped by the 3PL, and in Exigo',
    systems: both('Shipped'),
    ledger: {
      ...HANDED,
      ...frozen('Shipped'),
      shipment: { state: 'delivered', target: 'atlas', at: OLD },
    },
    expected: 'agrees',
  },
  { what: 'printed, no file', systems: both('Printed'), expected: 'PRINTED_NOT_HANDED_OVER' },
  {
    what: 'printed, ready in a restored ledger',
    systems: both('Printed'),
    ledger: { ...frozen('Accepted', OLD - HOUR), ...item('ready') },
    expected: 'PRINTED_NOT_HANDED_OVER',
  },
  {
    what: 'canceled after the hand-over, not in the error list',
    systems: both('Canceled'),
    ledger: HANDED,
    expected: 'CANCELED_AFTER_HAND_OVER',
  },
  {
    what: 'declined after the hand-over',
    systems: both('CCDeclined'),
    ledger: HANDED,
    expected: 'STATUS_AFTER_HAND_OVER',
  },
  {
    what: 'handed over, and nobody knows it',
    systems: { sync: null, api: null },
    ledger: HANDED,
    expected: 'GONE_FROM_EXIGO',
  },
  {
    what: 'known to the sync database alone',
    systems: { sync: shows('Accepted'), api: null },
    expected: 'UNKNOWN_TO_API',
  },
  {
    what: 'known to the API alone for hours',
    systems: { sync: null, api: shows('Accepted') },
    expected: 'SYNC_BEHIND_API',
  },
  {
    what: 'the sync database is hours behind',
    systems: { sync: shows('Accepted', OLD - DAY), api: shows('Canceled') },
    ledger: HANDED,
    expected: 'SYNC_BEHIND_API',
  },
  {
    what: 'the API is hours behind',
    systems: { sync: shows('Printed'), api: shows('Accepted', OLD - DAY) },
    ledger: HANDED,
    expected: 'SYNC_AHEAD_OF_API',
  },
  {
    what: 'made twice for one marketplace order',
    systems: { ...both('Accepted', YOUNG), twins: [16] },
    expected: 'TWO_EXIGO_ORDERS',
  },
  // silence
  { what: 'nobody answers', systems: { sync: 'not asked', api: 'not asked' }, expected: 'not compared' },
  {
    what: 'the sync database does not answer',
    systems: { sync: 'not asked', api: shows('Printed') },
    ledger: HANDED,
    expected: 'agrees',
  },
];

describe('compareOrder', () => {
  let program: Command;
  beforeAll(async () => {
    program = await wholeProgram();
  });

  it.each(ROWS)('$what: $expected', ({ systems, ledger, expected }) => {
    const facts: OrderFacts = {
      orderId: 17,
      sync: null,
      api: null,
      twins: [],
      rule: 'ours',
      ...systems,
      ledger: { ...NOTHING, ...ledger },
    };
    const finding = compareOrder(facts, RULES);
    expect(short(finding)).toBe(expected);
    expect(faultsIn(program, finding)).toEqual([]);
  });

  it('names what was found, where, and the command', () => {
    const facts = { orderId: 17, ...both('Accepted'), ledger: NOTHING, twins: [], rule: 'ours' } as const;
    expect(compareOrder(facts, RULES)).toEqual({
      verdict: 'differs',
      code: 'ACCEPTED_UNKNOWN_TO_US',
      cause:
        'Exigo says Accepted since 2026-03-11 12:00 UTC, and it was never frozen: no run since, or the ledger is older than it',
      next: 'orderferry run exigo-orders-to-3pl --start-date 2026-03-11 --end-date 2026-03-12',
    });
  });

  it('proposes no run that may hand over twice while the ledger is behind', () => {
    const facts = { orderId: 17, ...both('Accepted'), ledger: NOTHING, twins: [], rule: 'ours' } as const;
    const finding = compareOrder(facts, { ...RULES, ledgerBehind: true });
    expect(finding).toMatchObject({ code: 'ACCEPTED_UNKNOWN_TO_US' });
    expect('next' in finding ? finding.next : '').toContain(
      'orderferry run exigo-orders-to-3pl --limit 0; then: orderferry release 17 --as cancel',
    );
    expect(faultsIn(program, finding)).toEqual([]);
  });
});

function short(finding: Finding): string {
  return 'code' in finding ? finding.code : finding.verdict;
}
