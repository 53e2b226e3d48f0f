import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import type { ShownMarketplaceOrder, ShownOrder } from '../../../src/core/views.js';
import {
  compareMarketplace,
  type MarketplaceFacts,
} from '../../../src/engine/reconcile/compare-marketplace.js';
import type { MarketplaceRules } from '../../../src/engine/reconcile/rules.js';
import { wholeProgram } from '../../support/commands.js';
import { faultsIn } from '../../support/proposals.js';

const NOW = Date.parse('2026-03-11T17:00:00Z');
const OLD = NOW - 5 * HOUR;
const YOUNG = NOW - 10 * MINUTE;

const RULES: MarketplaceRules = {
  now: NOW,
  graceMs: HOUR,
  takes: 'godatafeed-orders-to-exigo',
  reports: 'exigo-status-to-godatafeed',
  ends: 'godatafeed-cancellations-to-exigo',
  stamp: '2026-03-11 17:00:00.000',
  quoted: (table) => `"${table}"`,
};

function feed(status: string | null, more: Partial<ShownMarketplaceOrder> = {}): ShownMarketplaceOrder {
  return {
    orderNumber: 'G-17',
    marketplaceNumber: 'M-17',
    destinationNumber: status === 'new' ? null : '17',
    status,
    tracking: null,
    answer: null,
    message: null,
    showsAnswer: true,
    ...more,
  };
}

function exigo(status: string, more: Partial<ShownOrder> = {}): ShownOrder {
  return { orderId: 17, status, modifiedAt: OLD, createdAt: OLD - DAY, tracking: ['1Z17'], ...more };
}

const LINK = {
  exigoOrderId: 17,
  frozenAt: OLD - DAY,
  linkedAt: OLD - DAY,
  acknowledgedAt: OLD - DAY,
  canceledAt: null,
};
const FROZEN = { ...LINK, exigoOrderId: null, linkedAt: null, acknowledgedAt: null };
const SHIPPED = feed('shipped', { tracking: '1Z17', answer: 'complete' });
const TOLD = { state: 'done', at: OLD } as const;

interface Row {
  readonly what: string;
  readonly facts: Partial<MarketplaceFacts>;
  readonly rules?: Partial<MarketplaceRules>;
  readonly expected: string;
}

const ROWS: readonly Row[] = [
  // agreement
  {
    what: 'open on both sides',
    facts: { shown: feed('processing'), exigo: exigo('Printed') },
    expected: 'agrees',
  },
  { what: 'shipped on both sides', facts: { shown: SHIPPED, exigo: exigo('Shipped') }, expected: 'agrees' },
  {
    what: 'one of several parcels was told',
    facts: { shown: SHIPPED, exigo: exigo('Shipped', { tracking: ['1Z16', '1Z17'] }) },
    expected: 'agrees',
  },
  {
    what: 'all parcels were told',
    facts: {
      shown: feed('shipped', { tracking: '1z16, 1Z17', answer: 'complete' }),
      exigo: exigo('Shipped', { tracking: ['1Z16', '1Z17'] }),
    },
    expected: 'agrees',
  },
  {
    what: 'canceled on both sides',
    facts: { shown: feed('canceled'), exigo: exigo('Canceled') },
    expected: 'agrees',
  },
  {
    what: 'the answer stands where the status was',
    facts: { shown: feed('Sync Complete', { answer: 'complete' }), exigo: exigo('Shipped') },
    expected: 'agrees',
  },
  // harmless
  { what: 'in the error list', facts: { shown: feed('new'), link: FROZEN, held: true }, expected: 'HELD' },
  {
    what: 'being made',
    facts: { shown: feed('new'), link: { ...FROZEN, frozenAt: YOUNG }, openSince: YOUNG },
    expected: 'WAITING',
  },
  {
    what: 'made a moment ago, not acknowledged yet',
    facts: { shown: feed('new'), link: { ...LINK, linkedAt: YOUNG, acknowledgedAt: null } },
    expected: 'WAITING',
  },
  {
    what: 'canceled before it was taken',
    facts: { shown: feed('canceled', { destinationNumber: null }), link: null },
    expected: 'CANCELED',
  },
  {
    what: 'acknowledged by another system',
    facts: { shown: feed('processing', { destinationNumber: 'SO-9' }), link: null },
    expected: 'NOT_OURS',
  },
  {
    what: 'new, and nothing of ours takes new ones',
    facts: { shown: feed('new'), link: null },
    rules: { takes: null },
    expected: 'NOT_OURS',
  },
  {
    what: 'shipped a moment ago',
    facts: { shown: feed('processing'), exigo: exigo('Shipped', { modifiedAt: YOUNG }) },
    expected: 'TOO_YOUNG',
  },
  {
    what: 'the update left a moment ago',
    facts: { shown: feed('processing'), exigo: exigo('Shipped'), report: { state: 'accepted', at: YOUNG } },
    expected: 'WAITING',
  },
  {
    what: 'no update goes there by a rule',
    facts: { shown: feed('processing'), exigo: exigo('Shipped'), unreported: 'by a rule' },
    expected: 'EXCLUDED',
  },
  {
    what: 'accepted by GoDataFeed, its marketplace has not answered',
    facts: {
      shown: feed('shipped', { tracking: '1Z17' }),
      exigo: exigo('Shipped'),
      report: { state: 'accepted', at: OLD },
    },
    expected: 'ACCEPTED_BY_GODATAFEED',
  },
  {
    what: 'shipped there by somebody else',
    facts: { shown: feed('shipped', { tracking: 'OTHER', answer: 'manual' }), exigo: exigo('Shipped') },
    expected: 'MANUALLY_SYNCED',
  },
  {
    what: 'relabelled a moment ago',
    facts: { shown: SHIPPED, exigo: exigo('Shipped', { tracking: ['1ZNEW'], modifiedAt: YOUNG }) },
    expected: 'TOO_YOUNG',
  },
  // discrepancies
  {
    what: 'new for hours, never frozen',
    facts: { shown: feed('new'), link: null },
    expected: 'NEW_NOT_TAKEN',
  },
  {
    what: 'new for hours, frozen and not made',
    facts: { shown: feed('new'), link: FROZEN },
    expected: 'NEW_NOT_TAKEN',
  },
  {
    what: 'in Exigo for hours, still new',
    facts: { shown: feed('new'), link: { ...LINK, acknowledgedAt: null }, exigo: exigo('Accepted') },
    expected: 'IN_EXIGO_NOT_ACKNOWLEDGED',
  },
  {
    what: 'acknowledged, not in Exigo',
    facts: { shown: feed('processing'), exigo: null },
    expected: 'ACKNOWLEDGED_NOT_IN_EXIGO',
  },
  {
    what: 'acknowledged with an order that is not linked',
    facts: { shown: feed('processing'), link: null, exigo: exigo('Accepted') },
    expected: 'LINK_MISSING',
  },
  {
    what: 'acknowledged with another order than our link',
    facts: { shown: feed('processing', { destinationNumber: '18' }), exigo: exigo('Accepted') },
    expected: 'LINK_WRONG',
  },
  {
    what: 'shipped here, open there',
    facts: { shown: feed('processing'), exigo: exigo('Shipped') },
    expected: 'SHIPPED_NOT_REPORTED',
  },
  {
    what: 'told hours ago, not shown',
    facts: { shown: feed('processing'), exigo: exigo('Shipped'), report: TOLD },
    expected: 'SHIPPED_NOT_REPORTED',
  },
  {
    what: 'canceled here, open there',
    facts: { shown: feed('processing'), exigo: exigo('Canceled') },
    expected: 'CANCELED_NOT_REPORTED',
  },
  {
    what: 'canceled by a person, still new there',
    facts: { shown: feed('new'), link: { ...FROZEN, canceledAt: OLD } },
    expected: 'CANCELED_NOT_REPORTED',
  },
  {
    what: 'shipped there, accepted here',
    facts: { shown: SHIPPED, exigo: exigo('Accepted') },
    expected: 'REPORTED_NOT_SHIPPED',
  },
  {
    what: 'another tracking number there',
    facts: { shown: SHIPPED, exigo: exigo('Shipped', { tracking: ['1ZNEW'] }), report: TOLD },
    expected: 'TRACKING_DIFFERS',
  },
  {
    what: 'refused by its marketplace',
    facts: {
      shown: feed('shipped', { tracking: '1Z17', answer: 'error' }),
      exigo: exigo('Shipped'),
      report: TOLD,
    },
    expected: 'MARKETPLACE_REFUSED',
  },
  {
    what: 'canceled there, open here',
    facts: { shown: feed('canceled'), exigo: exigo('Printed') },
    expected: 'CANCELED_THERE_OPEN_HERE',
  },
  {
    what: 'canceled there, shipped here',
    facts: { shown: feed('canceled'), exigo: exigo('Shipped') },
    expected: 'CANCELED_THERE_SHIPPED_HERE',
  },
  // silence
  {
    what: 'Exigo does not answer',
    facts: { shown: feed('processing'), exigo: 'not asked' },
    expected: 'not compared',
  },
];

describe('compareMarketplace', () => {
  let program: Command;
  beforeAll(async () => {
    program = await wholeProgram();
  });

  it.each(ROWS)('$what: $expected', ({ facts, rules, expected }) => {
    const finding = compareMarketplace(
      {
        store: 'main',
        shown: feed('processing'),
        link: LINK,
        exigo: null,
        held: false,
        openSince: null,
        report: null,
        unreported: null,
        ...facts,
      },
      { ...RULES, ...rules },
    );
    expect('code' in finding ? finding.code : finding.verdict).toBe(expected);
    expect(faultsIn(program, finding)).toEqual([]);
  });
});
