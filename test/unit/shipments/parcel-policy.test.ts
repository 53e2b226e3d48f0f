import { expect, test } from 'vitest';
import { parcelPolicy } from '../../../src/core/confirmation.js';

const RULES = {
  otherwise: 'joined',
  stores: { main: 'last' },
  marketplaces: { 'Amazon Seller Central': 'first' },
} as const;

test.each([
  ['no marketplace order', undefined, 'joined'],
  [
    'a marketplace with a rule, before its store',
    { store: 'main', marketplace: 'Amazon Seller Central' },
    'first',
  ],
  ['the same, in other capitals', { store: 'other', marketplace: ' amazon seller central' }, 'first'],
  ['a store with a rule', { store: 'main', marketplace: 'eBay' }, 'last'],
  ['a store with a rule, the marketplace not known', { store: 'main', marketplace: null }, 'last'],
  ['neither', { store: 'other', marketplace: 'eBay' }, 'joined'],
  [
    'a store that is called like something every object has',
    { store: 'constructor', marketplace: null },
    'joined',
  ],
])('%s', (_name, origin, policy) => {
  expect(parcelPolicy(RULES, origin)).toBe(policy);
});
